import { describe, expect, test } from 'vitest';
import type { LiveMachine, LiveSample } from '../../../../exporter/src/live/protocol';
import { findingsOf } from './findings';
import { historyOf } from './history';
import { count, duration, share } from './numbers';
import { sample, seconds, socket, vm } from './samples.testing';
import { sentencesFor } from './sentences';
import { summarizeVm } from './summary';

describe('findings', () => {
  const machine: LiveMachine = {
    host: 'h',
    role: 'host',
    version: '1',
    kernel: '6',
    attached: 1,
    missing: [],
    unseen: [],
    hops: [],
    lost: [],
    failing: [],
  };
  const find = (before: LiveSample, after: LiveSample, of: LiveMachine = machine) => {
    const { growths } = historyOf([before, after]);
    return findingsOf(
      growths,
      after.vms.map((entry) => summarizeVm(growths, entry.vm)),
      of,
    ).map(({ severity, what, hint }) => [severity, what.replaceAll('\u202f', ' '), hint]);
  };

  test('are none where nothing stands out', () => {
    const quiet = (n: number) => sample(n * 1000, [vm(n * 1000, { drops: n * 9 })], { squeezed: 10 * n });
    expect(find(quiet(0), quiet(1))).toEqual([]);
  });

  test('name the tap, the share and the cause', () => {
    const lossy = (n: number, runqueue: number) =>
      sample(n * 1000, [vm(n * 900, { drops: n * 100, exits: {}, seconds: { ...seconds(0, 0), runqueue } })]);
    expect(find(lossy(0, 0), lossy(1, 0.2))).toEqual([
      [
        'bad',
        'The tap of a loses 10 % of the packets: 100 /s of 1 k /s.',
        'Its vCPUs waited 20\u202f% of the time for a CPU of the host: give them CPUs of their own.',
      ],
    ]);
    expect(find(lossy(0, 0), lossy(1, 0.01))[0]![2]).toMatch(/^The guest does not take them in time/);
  });

  test('say nothing of sockets whose packets are not counted', () => {
    const { process, device, method, sockets, ringBytes } = socket(0, 0);
    const uncounted = { process, device, method, sockets, ringBytes };
    const at = (n: number) => sample(n * 1000, [], { captures: [uncounted] });
    expect(find(at(0), at(1))).toEqual([]);
  });

  test('tell two sensors of one name apart by their containers', () => {
    const at = (n: number) =>
      sample(n * 1000, [], {
        captures: [
          { ...socket(600 * n, 400 * n), container: '3f2a9c1b04de' },
          { ...socket(900 * n, 100 * n), container: '101' },
          socket(1000 * n, 0),
        ],
      });
    expect(find(at(0), at(1)).map(([, what]) => what)).toEqual([
      'The capture socket of ids in 3f2a9c1b04de on eth0 loses 40 % of the packets: 400 /s of 1 k /s.',
      'The capture socket of ids in 101 on eth0 loses 10 % of the packets: 100 /s of 1 k /s.',
    ]);
  });

  test('put what is bad before what is worth a look', () => {
    const waits = (n: number) => Array.from({ length: 23 }, (_, i) => (i === 17 ? n : 0));
    const at = (n: number) =>
      sample(n * 1000, [], {
        path: [
          { stage: 'nic_hardware', device: 'eth0', packets: 1000 * n, drops: 20 * n },
          { stage: 'guest_softnet', device: '', packets: 900 * n, drops: 100 * n },
        ],
        captures: [socket(600 * n, 400 * n)],
        squeezed: 11 * n,
        softirqs: { net_rx: { waits: waits(n) } },
      });
    const troubled: LiveMachine = {
      ...machine,
      failing: [{ collector: 'napi', error: 'Error: no' }],
      lost: [{ collector: 'virtio', cause: 'vm_table_full', events: 3 }],
    };
    expect(find(at(0), at(1), troubled).map(([severity, what]) => [severity, what])).toEqual([
      ['bad', 'The receive backlog loses 10 % of the packets: 100 /s of 1 k /s.'],
      ['bad', 'The capture socket of ids on eth0 loses 40 % of the packets: 400 /s of 1 k /s.'],
      ['warn', 'The hardware of eth0 loses 2 % of the packets: 20 /s of 1 k /s.'],
      ['warn', '11 rounds of receiving a second end with packets left.'],
      ['warn', 'One of a hundred receive softirqs waits more than 10 ms.'],
      ['warn', 'The collector napi fails.'],
      ['warn', 'The collector virtio could not count 3 events (vm_table_full).'],
    ]);
  });
});

test('figures below one keep their place value', () => {
  expect([null, 0, 0.00001, 0.0314, 0.5, 1, 1500].map((value) => count(value))).toEqual([
    '–',
    '0',
    '< 0.001',
    '0.031',
    '0.5',
    '1',
    '1.5\u202fk',
  ]);
  expect([2 ** -21, 0.01, 2].map(duration)).toEqual(['0.477\u202fµs', '10\u202fms', '2\u202fs']);
  expect([0, 0.00001, 0.25].map(share)).toEqual(['0\u202f%', '< 0.01\u202f%', '25\u202f%']);
});

describe('sentences', () => {
  const known = {
    state: 'live',
    role: 'host',
    heard: true,
    vms: 1,
    timed: 1,
    blind: false,
    sockets: 0,
  } as const;
  test.each([
    [{}, []],
    [{ state: 'connecting', heard: false }, ['Connecting to the exporter.']],
    [{ vms: 0, timed: 0 }, [/^No virtual machine was seen yet/, /npm run lab/]],
    [{ vms: 0, timed: 0, role: 'guest' }, [/^No capture socket is open/]],
    [{ vms: 0, timed: 0, role: 'guest', sockets: 1 }, []],
    [{ state: 'lost' }, [/was lost.*reconnects by itself/]],
    [{ state: 'lost', heard: false }, [/does not answer.*tries again by itself/]],
    [{ timed: 0 }, [/^KVM emulates the guests/]],
    [{ timed: 0, blind: true }, [/^Exits cannot be timed on this machine/]],
  ] as const)('%j', (more, expected) => {
    const lines = sentencesFor({ ...known, ...more });
    expect(lines).toHaveLength(expected.length);
    lines.forEach((line, i) => expect(line).toMatch(expected[i]!));
  });
});
