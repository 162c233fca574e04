import type { FixedData } from '../src/FixedPage';

/** A time of day at which every example begins. */
export const BEGIN = Date.UTC(2026, 10, 22, 9, 0, 0);

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Values = ReadonlyArray<number | null>;

/** One query's answer for one VM. */
export function frame(
  refId: string,
  times: readonly number[],
  values: Values,
  labels: Record<string, string>,
) {
  return {
    refId,
    fields: [
      { name: 'Time', type: 'time', values: [...times] },
      { name: 'Value', type: 'number', values: [...values], labels },
    ],
  } as FixedData['frames'][number];
}

/** Cost and throughput of one VM, a point every ten seconds. */
export function pairs(xs: Values, ys: Values, vm = 'sensor-1'): FixedData {
  const times = xs.map((_, i) => BEGIN + i * 10_000);
  return { frames: [frame('throughput', times, xs, { vm }), frame('cost', times, ys, { vm })] };
}

/** An hour of several appliances under a load that swells and ebbs, with loss at the peaks. */
export function realistic(vms: readonly string[], minutes = 60): FixedData {
  const next = random(7);
  const count = (minutes * 60) / 15;
  const times = Array.from({ length: count }, (_, i) => BEGIN + i * 15_000);
  const frames = vms.flatMap((vm, which) => {
    const scale = 1 - 0.24 * which;
    const price = (1180 + 420 * which) * 1e-9;
    const burst = times.map(() => (next() > 0.93 ? 1 : 0));
    const load = times.map((_, i) => {
      const tide = 0.5 + 0.36 * Math.sin((i / count) * 5.2 + which) + 0.1 * Math.sin(i / 6);
      return scale * 210_000 * Math.max(0.04, tide + 0.16 * (next() - 0.5) + 0.18 * burst[i]!);
    });
    const cost = load.map((x, i) => 0.021 + x * price * (0.93 + 0.14 * next()) + 0.03 * burst[i]! * next());
    const loss = load.map(
      (x) => Math.max(0, (x - 185_000 * scale) / (700_000 * scale)) * (0.6 + 0.8 * next()),
    );
    const classes: Array<[string, number]> = [
      ['io', 0.021],
      ['interrupt', 0.034],
      ['mmio', 0.011],
      ['halt', 0.017],
      ['msr', 0.006],
      ['other', 0.002],
    ];
    return [
      frame('throughput', times, load, { vm }),
      frame('cost', times, cost, { vm }),
      frame('loss', times, loss, { vm }),
      ...classes.map(([name, share]) =>
        frame(
          'exits',
          times,
          load.map((x) => 400 + x * share * (0.85 + 0.3 * next())),
          { vm, class: name },
        ),
      ),
    ];
  });
  return { frames };
}

/** Rates that stand still for an hour, a value each minute. */
function steady(refId: string, rate: number, labels: Record<string, string>): FixedData['frames'][number] {
  const times = Array.from({ length: 61 }, (_, i) => BEGIN + i * 60_000);
  return frame(
    refId,
    times,
    times.map(() => rate),
    labels,
  );
}

/** Packets per second that each stage carries and drops, if that is known, for an hour; stages of the host have no VM. */
export function stages(
  rates: ReadonlyArray<readonly [vm: string, stage: string, carried: number, dropped?: number]>,
): FixedData {
  return {
    frames: rates.flatMap(([vm, stage, carried, dropped]) => [
      steady('carried', carried, { vm, stage }),
      ...(dropped === undefined ? [] : [steady('dropped', dropped, { vm, stage })]),
    ]),
  };
}

/** An hour of one VM: packets per second, nanoseconds of a packet by payer, and CPUs. */
export function spending(
  vm: string,
  rate: number,
  payers: Readonly<Record<string, number>>,
  cores?: number,
): FixedData {
  return {
    frames: [
      steady('throughput', rate, { vm }),
      ...Object.entries(payers).map(([payer, ns]) => steady('payer', (ns / 1e9) * rate, { vm, payer })),
      ...(cores === undefined ? [] : [steady('cores', cores, { vm })]),
    ],
  };
}

/** Two sensors behind one NIC: the first loses most at its tap, the second a little in its socket. */
export const TWO_SENSORS = stages([
  ['', 'nic_hardware', 300_000, 30],
  ['', 'nic_driver', 300_000],
  ['', 'softnet', 299_700, 300],
  ['ids-1', 'tap', 88_000, 12_000],
  ['ids-1', 'guest_nic', 88_000],
  ['ids-1', 'guest_softnet', 87_912, 88],
  ['ids-1', 'socket', 87_000, 912],
  ['ids-2', 'tap', 50_000, 0],
  ['ids-2', 'socket', 49_750, 250],
]);
