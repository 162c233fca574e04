/** The run as the terminal shows it: one line that is written anew, or, where nobody watches, a line for each cell. */
import type { Announcer, Progress } from './announcer.js';
import type { Phase } from './engine/phases.js';
import type { Cell, CellResult, Sample } from './results.js';

/** Where to: `process.stderr`, so that nothing of it is in the way of what is piped. */
export type Screen = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

export class Terminal implements Announcer {
  readonly #screen: Screen;
  #progress: Progress | undefined;
  #phase = '';
  #rates = '';
  #cell = '';
  /** Ticks the time left between two events. */
  #clock: NodeJS.Timeout | undefined;
  #progressAt = 0;

  constructor(screen: Screen = process.stderr) {
    this.#screen = screen;
  }

  cellStarted(cell: Cell, progress: Progress): void {
    this.#cell = cell.id;
    this.#phase = 'prepare';
    this.#rates = '';
    this.#note(progress);
    this.#clock ??= setInterval(() => {
      this.#draw();
    }, 1000).unref();
  }

  phase(_cell: Cell, phase: Phase): void {
    this.#phase = phase;
    this.#draw();
  }

  sample(_cell: Cell, { seconds, offered, delivered }: Sample): void {
    const rate = (frames: number): string => `${Math.round(frames / seconds).toLocaleString('en')}/s`;
    this.#rates = `, ${rate(offered)} offered, ${rate(delivered)} delivered`;
    this.#draw();
  }

  cellEnded(cell: Cell, result: CellResult | undefined, progress: Progress): void {
    this.#note(progress);
    const { done, planned, secondsLeft } = progress;
    const [what, sound] = result ? describe(result) : ['not measured', true];
    if (!this.#screen.isTTY || !sound)
      this.say(`${done}/${planned} ${cell.id}: ${what}; ${duration(secondsLeft)} left`);
  }

  /** Writes a line that stays. */
  say(sentence: string): void {
    this.#clear();
    this.#screen.write(`${sentence}\n`);
    this.#draw();
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    this.#clear();
    this.#progress = undefined;
  }

  #note(progress: Progress): void {
    this.#progress = progress;
    this.#progressAt = performance.now();
    this.#draw();
  }

  #draw(): void {
    if (!this.#progress || !this.#screen.isTTY) return;
    const { done, planned, secondsLeft } = this.#progress;
    const left = Math.max(0, secondsLeft - (performance.now() - this.#progressAt) / 1000);
    const line = `${done}/${planned}, ${duration(left)} left: ${this.#cell}, ${this.#phase}${this.#rates}`;
    this.#clear();
    this.#screen.write(line.slice(0, (this.#screen.columns ?? 80) - 1));
  }

  #clear(): void {
    // Carriage return and erase to the end of the line (ECMA-48).
    if (this.#screen.isTTY) this.#screen.write('\r\x1b[K');
  }
}

/** In words, and whether every frame is accounted for. */
function describe(result: CellResult): [words: string, sound: boolean] {
  const { offered, delivered, deliveredByTrapline } = result;
  const losses = Object.entries(result.lost).filter(([, frames]) => frames > 0);
  const open = losses.reduce((rest, [, frames]) => rest - frames, offered - deliveredByTrapline);
  const words = [
    `${offered} offered, ${delivered} delivered`,
    ...losses.map(([stage, frames]) => `${frames} lost at ${stage}`),
    ...(open === 0 ? [] : [`${open} not accounted for`]),
    ...(delivered === deliveredByTrapline ? [] : [`Trapline says ${deliveredByTrapline} delivered`]),
  ];
  return [words.join(', '), open === 0 && delivered === deliveredByTrapline];
}

/** As people say it: `40 s`, `12 min`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
