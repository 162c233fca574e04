import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlanFailure } from './complaint.js';
import { readPlan, type Vocabulary } from './read.js';

const KNOWN: Vocabulary = {
  methods: [
    { name: 'plain', monitors: ['null', 'flow'] },
    { name: 'v3', monitors: ['null', 'flow'] },
    { name: 'netmap', monitors: ['null'] },
  ],
  loads: [{ name: 'pktgen' }, { name: 'trafgen' }],
};

const WHOLE = `factors:
  platform: [host, guest]
  method: [plain, v3]
  monitor: [null, flow]
  flows: [single, multi]
  size: [64, 1518, any]
replications: 5
seed: 2012
duration: 240
interval: 10
warm_up: 2
cool_off: 2
settle: 20
load:
  generator: trafgen
  device: wire0
  rate: 1e6
  destination: 02:00:00:00:00:01
host:
  device: ens1f0
  trapline: https://monitor.example:9818/
guest:
  shell: ssh -o BatchMode=yes root@10.0.0.5
  device: eth0
  vm: appliance
  trapline: http://10.0.0.5:9818
  reboot: virsh reboot appliance
pinning:
  interrupts: 0
  vhost: [2, 1]
  vcpu: 0-2
  load: 3
  sensor: { host: 1, guest: 0 }
`;

/** What is said of the whole plan with something replaced. */
function complaintsOf(part: string | RegExp, replacement: string): string[] {
  const text = WHOLE.replace(part, replacement);
  expect(text).not.toBe(WHOLE);
  return said(text);
}

function said(text: string): string[] {
  try {
    readPlan(text, 'p.yaml', KNOWN);
  } catch (error) {
    expect(error).toBeInstanceOf(PlanFailure);
    expect((error as PlanFailure).exitCode).toBe(2);
    return (error as PlanFailure).message.split('\n');
  }
  return [];
}

describe('a plan', () => {
  it('is read as it is written', () => {
    expect(readPlan(WHOLE, 'p.yaml', KNOWN).plan).toEqual({
      factors: {
        platform: ['host', 'guest'],
        method: ['plain', 'v3'],
        monitor: ['null', 'flow'],
        flows: ['single', 'multi'],
        size: [64, 1518, 'any'],
      },
      replications: 5,
      seed: 2012,
      duration: 240,
      interval: 10,
      warmUp: 2,
      coolOff: 2,
      settle: 20,
      load: { generator: 'trafgen', device: 'wire0', rate: 1e6, destination: '02:00:00:00:00:01' },
      host: { device: 'ens1f0', trapline: 'https://monitor.example:9818' },
      guest: {
        shell: 'ssh -o BatchMode=yes root@10.0.0.5',
        device: 'eth0',
        vm: 'appliance',
        trapline: 'http://10.0.0.5:9818',
        reboot: 'virsh reboot appliance',
      },
      pinning: {
        interrupts: [0],
        vhost: [1, 2],
        vcpu: [0, 1, 2],
        load: [3],
        sensor: { host: [1], guest: [0] },
      },
    });
  });

  it('has defaults for what need not be said', () => {
    const text = `{factors: {platform: host, method: plain, monitor: null, flows: single, size: 64},
      replications: 1, duration: 0.3, interval: 0.1, load: {device: a, rate: 1}, host: {device: b}}`;
    expect(readPlan(text, 'p.yaml', KNOWN).plan).toEqual({
      factors: { platform: ['host'], method: ['plain'], monitor: ['null'], flows: ['single'], size: [64] },
      ...{ replications: 1, duration: 0.3, interval: 0.1, warmUp: 0, coolOff: 0, settle: 30 },
      load: { generator: 'pktgen', device: 'a', rate: 1 },
      host: { device: 'b', trapline: 'http://127.0.0.1:9818' },
      pinning: {},
    });
  });

  it('leaves a guest alone that is not measured', () => {
    const { plan } = readPlan(WHOLE.replace('[host, guest]', 'host'), 'p.yaml', KNOWN);
    expect(plan.guest).toBeUndefined();
    expect(plan.pinning).toEqual({ interrupts: [0], load: [3], sensor: { host: [1] } });
    expect(said(WHOLE.replace('[host, guest]', 'host').replace('vm:', 'wm:'))).toHaveLength(2);
  });

  it('may use anchors', () => {
    expect(said(WHOLE.replace('device: wire0', 'device: &it wire0').replace('ens1f0', '*it'))).toEqual([]);
  });

  it.each([
    ['v3]', 'V3]', 'p.yaml:3:19: "V3" is no method; there are plain, v3, netmap. Did you mean v3?'],
    [
      'size: [64,',
      'size: [65,',
      'p.yaml:6:10: "65" is no size; there are 64, 256, 1518, any. Did you mean 64?',
    ],
    [
      '[plain, v3]',
      '[]',
      'p.yaml:3:11: factors.method must be one or several of plain, v3, netmap, not a list.',
    ],
    ['[plain, v3]', '[plain, plain]', 'p.yaml:3:19: plain is there twice.'],
    [
      'replications: 5',
      'replications: 0',
      'p.yaml:7:15: replications must be a whole number from 1 to 1000, not "0".',
    ],
    [
      'duration: 240',
      'duration: 4min',
      'p.yaml:9:11: duration must be a number from 0.1 to 86400, not "4min".',
    ],
    [
      'interval: 10',
      'interval: 7',
      'p.yaml:10:11: The duration of 240 s must be a whole number of intervals; 7 s is not such an interval.',
    ],
    [
      'cool_off: 2',
      'cool_off: 22',
      'p.yaml:12:11: Nothing is kept: a cell has 24 samples, and warm_up and cool_off discard 24 of them.',
    ],
    ['rate: 1e6', 'rate:', 'p.yaml:17:8: load.rate must be a whole number from 1 to 1000000000, not empty.'],
    ['  rate: 1e6\n', '', 'p.yaml:14:1: load must have rate.'],
    [
      /destination: .*/,
      'destination: gateway',
      'p.yaml:18:16: destination must be a MAC address, as in 02:00:00:00:00:01, not "gateway".',
    ],
    [
      'vhost: [2, 1]',
      'vhost: all',
      'p.yaml:30:10: pinning.vhost must be numbers of CPUs, as in 0, [0, 2] or 0-3, not "all".',
    ],
    [
      'vcpu: 0-2',
      'vcpu: 2-0',
      'p.yaml:31:9: pinning.vcpu must be numbers of CPUs, as in 0, [0, 2] or 0-3, not "2-0".',
    ],
    ['seed: 2012', 'sed: 2012', 'p.yaml:8:1: Plans have no key "sed". Did you mean seed?'],
    [
      'device: eth0',
      'device: $(reboot)',
      'p.yaml:24:11: device must be the name of a network interface, not "$(reboot)".',
    ],
    ['  vm: appliance', '  name: appliance', 'p.yaml:22:1: guest must have vm.'],
    ['load: 3', 'lead: 3', 'p.yaml:32:3: pinning has no key "lead". Did you mean load?'],
    [/guest:\n {2}shell(.|\n)*(?=pinning)/, '', 'p.yaml:1:1: The plan must have guest.'],
    ['seed: 2012', 'seed: 1\nseed: 2', 'p.yaml:9:1: Map keys must be unique.'],
    [/$/, '---\n{}\n', 'p.yaml:34:1: A second document begins here; a plan is one.'],
  ])('that has %s as %j is refused there', (part, replacement, complaint) => {
    expect(complaintsOf(part, replacement)).toContain(complaint);
  });

  it.each(['example.yaml', 'lab.yaml'])('that comes with it is sound: %s', (name) => {
    const text = readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
    expect(readPlan(text, name).plan.factors.platform).toEqual(['host', 'guest']);
  });

  it('says of a method that it has none of the monitors', () => {
    const text = WHOLE.replace('[plain, v3]', '[v3, netmap]').replace('[null, flow]', 'flow');
    expect(said(text)).toEqual(['p.yaml:3:16: netmap has no monitor but null.']);
  });

  it('says everything at once, in the order of the file', () => {
    const text = WHOLE.replace('seed', 'sed').replace('v3]', 'v4]').replace('0-2', 'x');
    expect(said(text).map((line) => line.split(' ')[0])).toEqual([
      'p.yaml:3:19:',
      'p.yaml:8:1:',
      'p.yaml:31:9:',
    ]);
  });

  it.each(['', '[]', 'a plan', '{', '\t'])('that is %j is refused', (text) => {
    expect(said(text)[0]).toMatch(/^p\.yaml:1:\d+: /);
  });
});
