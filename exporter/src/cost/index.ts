import { onlineCpus, startRunStats, type Attachments, type Signal } from '../kernel/index.js';
import { CostBudget } from './budget.js';
import { CostMeter, type ProgramCost } from './meter.js';

export type { ProgramCost } from './meter.js';

/** What the programs cost, as the loader tells the server. */
export interface CostReport {
  programs: ProgramCost[];
  /** Share of the time of all CPUs in the last window, 0 to 1. */
  ratio: number;
}

/** Measures what the attached programs cost and keeps them within a budget by switching signals off and on. */
export class CostControl {
  readonly #meter: CostMeter;
  readonly #budget: CostBudget | undefined;

  /** `limit` is a share of all CPUs, 0 to 1; without one everything stays on. */
  constructor(
    private readonly attachments: Attachments,
    signals: readonly Signal[],
    private readonly limit: number | undefined,
  ) {
    this.#meter = new CostMeter({ start: startRunStats, read: () => attachments.runStats(), now });
    if (limit === undefined) return;
    const dispensable = signals.filter(({ indispensable }) => !indispensable).map(({ name }) => name);
    this.#budget = new CostBudget(limit, new Set(dispensable));
  }

  /** Takes a second to measure and then acts. Throws `Refusal` where the kernel does not measure. */
  async step(): Promise<{ report: CostReport; changed: boolean }> {
    const { programs, load } = await this.#meter.measure();
    const cpus = onlineCpus().length;
    const shares = new Map([...load].map(([signal, seconds]) => [signal, seconds / cpus]));
    const ratio = [...shares.values()].reduce((sum, share) => sum + share, 0);
    return { report: { programs, ratio }, changed: this.#act(shares) };
  }

  #act(shares: ReadonlyMap<string, number>): boolean {
    const { suspend, resume } = this.#budget?.judge(shares, now()) ?? { suspend: [], resume: [] };
    for (const signal of suspend)
      this.attachments.suspend(signal, `over the cost budget of ${percent(this.limit!)}`);
    for (const signal of resume) this.attachments.resume(signal);
    if (resume.length > 0) this.attachments.attach();
    return suspend.length + resume.length > 0;
  }
}

const now = (): number => Number(process.hrtime.bigint()) / 1e9;
const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
