/** Runs shell commands inside an emulated machine, over a virtio-serial port. The other end is inside/agent.sh. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What a command inside did. */
export interface Outcome {
  stdout: string;
  stderr: string;
  /** Its exit code; 124 when it took longer than it was given. */
  code: number;
}

interface Answer {
  id: number;
  code: number;
  /** Base64. */
  stdout: string;
  stderr: string;
}

/** The near end of the channel. Commands may run side by side. */
export class Agent {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  /** Resolves when the far end has come up. */
  readonly ready: Promise<void>;
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface(socket);
    this.ready = once(lines, 'line').then(() => {
      lines.on('line', (line) => {
        this.#settle(JSON.parse(line) as Answer);
      });
    });
  }

  /** Connects to the socket that QEMU listens on. */
  static async connect(path: string): Promise<Agent> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new Agent(socket);
  }

  /** Runs a command by bash and waits for it, for at most `timeout` seconds. Never throws for what the command does. */
  run(command: string, timeout: number): Promise<Outcome> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, ({ code, stdout, stderr }) => {
        resolve({ code, stdout: decode(stdout), stderr: decode(stderr) });
      });
      this.#socket.write(`${id} ${timeout} ${Buffer.from(command).toString('base64')}\n`);
    });
  }

  /** Lets go of the channel. */
  close(): void {
    this.#socket.destroy();
  }

  #settle(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
