import { describe, expect, test } from 'vitest';
import { detect } from './detect';
import type { Series } from './series';
import { seriesOf } from './series.testing';

const series = (known: Partial<Series>): Series => ({
  ...seriesOf('A', [], []),
  name: known.metric ?? 'Value',
  ...known,
});

const judge = (known: Partial<Series>, overrides = {}) => {
  const { detected, ignored } = detect([series(known)], overrides);
  return detected[0] ? [detected[0].role, detected[0].because] : [null, ignored[0]!.because];
};

describe('finds the role', () => {
  test.each([
    ['throughput', { query: 'throughput' }, 'the name of its query, “throughput”'],
    ['cost', { query: 'cost by VM' }, 'the name of its query, “cost by VM”'],
    ['loss', { metric: 'trapline_vm:loss_ratio:rate1m' }, 'its name, “trapline_vm:loss_ratio:rate1m”'],
    ['loss', { metric: 'Dropped share' }, 'its name, “Dropped share”'],
    ['cost', { metric: 'trapline_vm_exit_seconds_total' }, 'its name, “trapline_vm_exit_seconds_total”'],
    ['cost', { metric: 'exitCost' }, 'its name, “exitCost”'],
    ['exits', { metric: 'trapline_vm_exits_total' }, 'its name, “trapline_vm_exits_total”'],
    ['throughput', { metric: 'trapline_path_packets_total' }, 'its name, “trapline_path_packets_total”'],
    ['throughput', { name: 'packets {vm="cost"}' }, 'its name, “packets {vm="cost"}”'],
    ['payer', { query: 'payer', labels: { payer: 'vhost' } }, 'the name of its query, “payer”'],
    ['cores', { query: 'cores' }, 'the name of its query, “cores”'],
    ['carried', { query: 'carried', labels: { stage: 'tap' } }, 'the name of its query, “carried”'],
    [
      'carried',
      { metric: 'trapline_path_packets_total', labels: { stage: 'tap', direction: 'transmit' } },
      'its name, “trapline_path_packets_total”, and its label “stage”',
    ],
    [
      'dropped',
      { metric: 'trapline_path_drops_total', labels: { stage: 'nic_driver', direction: 'receive' } },
      'its name, “trapline_path_drops_total”',
    ],
    ['carried', { unit: 'pps', labels: { stage: 'socket' } }, 'its unit, “pps”, and its label “stage”'],
    [
      'payer',
      { metric: 'exit cost', labels: { payer: 'exit_vmm' } },
      'its name, “exit cost”, and its label “payer”',
    ],
    [
      'payer',
      { metric: 'instance_vm_payer:trapline_cost_seconds:rate1m', labels: { payer: 'vhost' } },
      'its name, “instance_vm_payer:trapline_cost_seconds:rate1m”',
    ],
    ['throughput', { unit: 'pps' }, 'its unit, “pps”'],
    ['loss', { unit: 'percentunit' }, 'its unit, “percentunit”'],
  ])('%s from %j', (role, known, because) => {
    expect(judge(known)).toEqual([role, because]);
  });

  test('the query name goes before the metric, the metric before the unit', () => {
    expect(judge({ query: 'loss', metric: 'packets', unit: 'pps' })[0]).toBe('loss');
    expect(judge({ metric: 'packets', unit: 'percentunit' })[0]).toBe('throughput');
  });
});

describe('says why a series is not used', () => {
  test.each([
    [{ metric: 'up' }, 'neither its query, its name nor its unit says what it measures'],
    [
      { metric: 'trapline_path_drops_total' },
      'drops per second are not a share; divide by the packets offered, or keep the label “stage”',
    ],
    [{ query: 'carried' }, 'it has no label “stage” that says where the packets were counted'],
    [{ query: 'carried', labels: { stage: 'moon' } }, '“moon” is no stage of the path'],
    [
      { metric: 'trapline_path_packets_total', labels: { stage: 'tap', direction: 'receive' } },
      'at stage “tap” direction “receive” leads away from the capture',
    ],
    [
      { query: 'dropped', labels: { stage: 'nic_driver', direction: 'transmit' } },
      'at stage “nic_driver” direction “transmit” leads away from the capture',
    ],
    [
      {
        metric: 'instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m',
        labels: { payer: 'vhost' },
      },
      'it is given per packet; this panel divides by the packets itself',
    ],
    [{ query: 'payer' }, 'it has no label “payer” that says who spends the time'],
    [
      { metric: 'vm_exit_seconds', labels: { state: 'blocked' } },
      'state “blocked” is time in which nobody works on the exit',
    ],
  ])('%j', (known, because) => {
    expect(judge(known)).toEqual([null, because]);
  });

  test('kernel and vmm time are cost', () => {
    expect(judge({ metric: 'vm_exit_seconds', labels: { state: 'kernel' } })[0]).toBe('cost');
    expect(judge({ metric: 'vm_exit_seconds', labels: { state: 'vmm' } })[0]).toBe('cost');
  });
});

describe("the user's choice", () => {
  test.each([[{ query: 'B' }], [{ metric: 'B' }], [{ name: 'B' }]])('takes %j by the name B', (known) => {
    expect(judge(known, { cost: 'B' })).toEqual(['cost', 'choice in the panel options']);
  });

  test('leaves out what would have been found without it', () => {
    expect(judge({ metric: 'exit cost' }, { cost: 'B' })).toEqual([
      null,
      'the panel options choose “B” for cost',
    ]);
    expect(judge({ metric: 'packets' }, { cost: 'B' })[0]).toBe('throughput');
  });

  test('an empty choice is none', () => {
    expect(judge({ query: '', metric: 'packets' }, { cost: '' })[0]).toBe('throughput');
  });
});
