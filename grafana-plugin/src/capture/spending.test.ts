import { describe, expect, test } from 'vitest';
import { find } from './reading';
import { seriesOf } from './series.testing';
import { readSpending } from './spending';

const minute = 60_000;
const times = [0, 1, 2, 3].map((i) => i * minute);
const range = { from: 0, to: 3 * minute };
const flat = (query: string, value: number, labels: Record<string, string> = {}) =>
  seriesOf(
    query,
    times,
    times.map(() => value),
    labels,
  );
const read = (series: ReadonlyArray<ReturnType<typeof flat>>, cores = 1) =>
  readSpending(find(series), range, cores);

describe('a packet', () => {
  test('costs what each payer spends, in the order in which it meets them', () => {
    const { data } = read([
      flat('throughput', 100_000, { vm: 'a' }),
      flat('payer', 0.03, { vm: 'a', payer: 'capture' }),
      flat('payer', 0.02, { vm: 'a', payer: 'vhost' }),
      flat('payer', 0.01, { vm: 'a', payer: 'exit_kernel' }),
      flat('payer', 0.002, { vm: 'a', payer: 'irq_thread' }),
    ]);
    const [one] = data!.vms;
    expect(data!.payers).toEqual(['exit_kernel', 'vhost', 'capture', 'irq_thread']);
    expect(one!.shares.map(({ ns }) => ns)).toEqual([100, 200, 300, 20].map((ns) => expect.closeTo(ns, 9)));
    expect(one).toMatchObject({ vm: 'a', rate: 100_000, cores: 1, budget: 10_000 });
    expect(one!.ns).toBeCloseTo(620, 9);
    expect(one!.used).toBeCloseTo(0.062, 12);
    expect(data!.exitsOnly).toBe(false);
  });

  test('is paid over the time in which both packets and payer are known', () => {
    const { data } = read([
      seriesOf('throughput', times, [9, 1000, 3000, null], { vm: 'a' }),
      seriesOf('payer', times, [9, null, 0.003, 0.5], { vm: 'a', payer: 'vhost' }),
      seriesOf('payer', times, [9, 0.001, 0.003, -1], { vm: 'a', payer: 'capture' }),
    ]);
    expect(data!.vms[0]!.shares).toEqual([
      { payer: 'vhost', ns: expect.closeTo(1000, 9) },
      { payer: 'capture', ns: expect.closeTo(1000, 9) },
    ]);
    expect(data!.vms[0]!.rate).toBe(2000);
  });

  test('is known by its exits alone where nobody else is counted', () => {
    const { data, remarks } = read([
      flat('throughput', 1000, { vm: 'a' }),
      flat('cost', 0.002, { vm: 'a', state: 'kernel' }),
      flat('cost', 0.001, { vm: 'a', state: 'vmm' }),
      flat('cost', 0.7, { vm: 'a', state: 'blocked' }),
    ]);
    expect(data!.exitsOnly).toBe(true);
    expect(data!.vms[0]!.shares).toEqual([
      { payer: 'exit_kernel', ns: expect.closeTo(2000, 9) },
      { payer: 'exit_vmm', ns: expect.closeTo(1000, 9) },
    ]);
    expect(remarks).toContain('No query names who else pays, so VM exits alone are counted.');
  });
});

describe('the budget', () => {
  test('is cores × 1 s ÷ packets/s, with the cores that a series tells or else the option', () => {
    const { data } = read(
      [
        flat('throughput', 1_000_000, { vm: 'a' }),
        flat('payer', 1, { vm: 'a', payer: 'vhost' }),
        flat('cores', 4, { vm: 'a' }),
        flat('throughput', 1_000_000, { vm: 'b' }),
        flat('payer', 1, { vm: 'b', payer: 'vhost' }),
      ],
      2,
    );
    expect(data!.vms.map(({ vm, budget, used }) => [vm, budget, used])).toEqual([
      ['b', 2000, 0.5],
      ['a', 4000, 0.25],
    ]);
  });

  test('knows the interval in which most of it was used', () => {
    const { data } = read([
      flat('throughput', 1000, { vm: 'a' }),
      seriesOf('payer', times, [0, 0.1, 0.9, 0.2], { vm: 'a', payer: 'vhost' }),
      seriesOf('payer', times, [0, 0.1, 0.3, 0.2], { vm: 'a', payer: 'capture' }),
    ]);
    expect(data!.vms[0]!.peak).toEqual({ used: 1.2, time: 2 * minute });
    expect(data!.vms[0]!.used).toBeCloseTo(0.6, 12);
  });
});

describe('says what is missing', () => {
  test('throughput, payers or both', () => {
    expect(read([flat('payer', 1, { payer: 'vhost' })]).problem!.missing).toBe(
      'No throughput among “payer”.',
    );
    expect(read([flat('throughput', 1)]).problem).toEqual({
      missing: 'No payer among “throughput”.',
      remedy:
        'Name a query “payer” (seconds per second, by the label “payer”), or “cost” for VM exits alone, or choose a field in the panel options under Fields.',
    });
    expect(read([flat('loss', 1)]).problem!.missing).toBe('No throughput and no payer among “loss”.');
  });

  test('VMs that only one of them knows, and VMs without packets', () => {
    const { data, remarks } = read([
      flat('throughput', 1000, { vm: 'a' }),
      flat('throughput', 0, { vm: 'idle' }),
      flat('throughput', 5, { vm: 'unpaid' }),
      flat('payer', 1, { vm: 'a', payer: 'vhost' }),
      flat('payer', 1, { vm: 'idle', payer: 'vhost' }),
    ]);
    expect(data!.vms.map(({ vm }) => vm)).toEqual(['a']);
    expect(remarks).toContain('Left out for want of packets or of time spent on them: idle, unpaid.');
    expect(
      read([flat('throughput', 0, { vm: 'a' }), flat('payer', 1, { vm: 'a', payer: 'vhost' })]).problem!
        .missing,
    ).toBe('No VM has both packets and time spent on them in this time range.');
  });
});
