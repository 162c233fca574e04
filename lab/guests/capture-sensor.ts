/**
 * A sensor that is too slow on purpose: opens capture sockets, sleeps, and does what it is told by lines on stdin, each
 * answered by a line of JSON.
 *
 *     npx tsx lab/guests/capture-sensor.ts --method v3 [--device DEVICE] [--sockets 4] [--blocks 4] [--name COMM] [--heir]
 *
 *     totals        read PACKET_STATISTICS, answer the sums of all readings so far
 *     each          the same of each socket, of this reading
 *     read SECONDS  the same at random moments for so long, taking frames in between
 *     take          take the frames that wait
 *     every SECONDS take them so often from now on
 *     misread HOW   clear the statistics without getting them whole: short or nowhere
 *     comm NAME     bear another name from now on
 */
import { spawn } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CaptureSocket, type CaptureMethod, type Statistics } from './capture-socket.js';

const FANOUT_GROUP = 7;
const LONGEST_PAUSE_MS = 30;

/** What the application itself added up; `packets` contains `drops`. */
export type Totals = Statistics;

class Sensor {
  readonly #totals: Totals = { packets: 0, drops: 0, freezes: 0 };
  #taking: NodeJS.Timeout | undefined;

  constructor(private readonly sockets: readonly CaptureSocket[]) {}

  totals(): Totals {
    for (const socket of this.sockets) {
      const { packets, drops, freezes } = socket.statistics();
      this.#totals.packets += packets;
      this.#totals.drops += drops;
      this.#totals.freezes += freezes;
    }
    return this.#totals;
  }

  each(): Totals[] {
    return this.sockets.map((socket) => socket.statistics());
  }

  async readFor(seconds: number): Promise<Totals> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await sleep(Math.random() * LONGEST_PAUSE_MS);
      if (Math.random() < 0.5) this.take();
      this.totals();
    }
    return this.totals();
  }

  misread(how: 'short' | 'nowhere'): void {
    for (const socket of this.sockets) socket.misread(how);
  }

  take(): void {
    for (const socket of this.sockets) socket.take();
  }

  takeEvery(seconds: number): void {
    clearInterval(this.#taking);
    this.#taking = setInterval(() => this.take(), seconds * 1000);
  }
}

async function answer(sensor: Sensor, [command, ...words]: string[]): Promise<Totals | Totals[] | null> {
  if (command === 'totals') return sensor.totals();
  if (command === 'each') return sensor.each();
  if (command === 'read') return sensor.readFor(Number(words[0]));
  if (command === 'take') sensor.take();
  else if (command === 'every') sensor.takeEvery(Number(words[0]));
  else if (command === 'misread') sensor.misread(words[0] === 'short' ? 'short' : 'nowhere');
  else if (command === 'comm') rename(words.join(' '));
  else throw new Error(`the sensor does not know ${command}`);
  return null;
}

/** The name the kernel knows the process by; a terminal cannot write every one of them, so it comes as JSON. */
const rename = (json: string): void => writeFileSync('/proc/self/comm', JSON.parse(json) as string);

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: { method: text, device: text, sockets: text, blocks: text, name: text, heir: flag },
  });
  const count = Number(values.sockets ?? 1);
  const options = {
    ...(values.device === undefined ? {} : { device: values.device }),
    ...(values.blocks === undefined ? {} : { blocks: Number(values.blocks) }),
    ...(count > 1 ? { fanout: FANOUT_GROUP } : {}),
  };
  if (values.name !== undefined) rename(JSON.stringify(values.name));
  const sockets = Array.from(
    { length: count },
    () => new CaptureSocket(values.method as CaptureMethod, options),
  );
  // Another process that holds the same sockets, as those of a sensor that forks do.
  const heir = values.heir
    ? spawn('sleep', ['infinity'], {
        stdio: ['ignore', 'ignore', 'ignore', ...sockets.map(({ fd }) => fd)],
      })
    : undefined;
  const sensor = new Sensor(sockets);
  console.log('ready');
  for await (const line of createInterface(process.stdin))
    console.log(JSON.stringify(await answer(sensor, line.split(' '))));
  heir?.kill();
  process.exit();
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await main();
