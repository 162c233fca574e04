/** Counts calls of functions of the emulated host's kernel by kprobes and tracefs alone: independent of eBPF. */
import type { LabHost } from '../host.js';

const TRACING = '/sys/kernel/tracing';

/** Counts calls by one number each: a result, or something an argument leads to. */
export class KernelProbes {
  readonly #host: LabHost;

  private constructor(host: LabHost) {
    this.#host = host;
  }

  /**
   * Counts from now on. A probe is `[p|r]:NAME FUNCTION key=FETCH`, as in Documentation/trace/kprobetrace.rst; with
   * ` if FILTER` behind it, the calls for which that holds (Documentation/trace/events.rst).
   */
  static async start(host: LabHost, probes: readonly string[]): Promise<KernelProbes> {
    for (const probe of probes) {
      const [, kind, name, rest, filter = ''] = /^(.):(\w+) (.*?)( if .*)?$/.exec(probe)!;
      await host.must(`cd ${TRACING} && echo '${kind}:truth/${name} ${rest}' >> kprobe_events &&
        echo 'hist:keys=key${filter}' > events/truth/${name}/trigger && echo 1 > events/truth/${name}/enable`);
    }
    return new KernelProbes(host);
  }

  /** How often the probe met each value so far. Throws where a probe was ever missed. */
  async read(name: string): Promise<Map<number, number>> {
    const text = await this.#host.must(`cat ${TRACING}/events/truth/${name}/hist ${TRACING}/kprobe_profile`);
    const [, missed] = new RegExp(`^ *${name} +\\d+ +(\\d+)$`, 'm').exec(text)!;
    if (missed !== '0') throw new Error(`the probe ${name} was missed ${missed} times`);
    const entries = text.matchAll(/^\{ key: +(-?\d+) \} hitcount: +(\d+)$/gm);
    return new Map([...entries].map(([, key, count]) => [Number(key), Number(count)]));
  }
}
