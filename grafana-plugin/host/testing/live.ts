import type { LiveMachine, LiveSample } from '../../../exporter/src/live/protocol';
import { BEGIN } from './data';

/** A host on which all is attached and seen. */
export const liveMachine: LiveMachine = {
  host: 'hv-7',
  role: 'host',
  version: '0.1.0',
  kernel: '6.12.1',
  attached: 27,
  missing: [],
  unseen: [],
  hops: [],
  lost: [],
  failing: [],
};

/**
 * Live counters, a sample a second: VM number k delivers (k + 1) × `rate` packets a second and more, loses a fifth, and
 * leaves its guest ten times for a thousand packets, for 2 µs of exit time each where exits are timed.
 */
export function liveSamples(
  vms: readonly string[],
  count: number,
  rate = 1000,
  exitTiming = true,
): LiveSample[] {
  let packets = 0;
  return Array.from({ length: count }, (_, i) => {
    packets += rate * (1 + (i % 5));
    return {
      t: BEGIN + i * 1000,
      path: [{ stage: 'nic_driver', device: 'eth0', packets: 2 * packets, rxDropped: packets }],
      nics: [
        {
          device: 'eth0',
          interrupts: packets / 8,
          interruptSeconds: packets * 1e-7,
          polls: packets / 4,
          polled: 2 * packets,
          exhausted: 0,
        },
      ],
      captures: [],
      cpu: { guest: 0.5 * i, exit_handling: 0.25 * i, idle: 1.25 * i },
      softirqs: { net_rx: { seconds: packets * 5e-7, waits: waitsOf(packets) } },
      squeezed: 0,
      own: { cpu: 0.01 * i, bytes: 80e6 },
      vms: vms.map((vm, k) => {
        const delivered = packets * (k + 1);
        return {
          vm,
          packets: delivered,
          drops: delivered / 4,
          userspaceExits: delivered / 500,
          kicks: delivered / 100,
          injections: delivered / 50,
          vhost: { running: delivered * 1e-6, runqueue: 0 },
          ...(exitTiming
            ? {
                exits: { io: delivered / 200, interrupt: delivered / 200 },
                seconds: {
                  guest: i,
                  kernel: delivered * 1.5e-6,
                  vmm: delivered * 0.5e-6,
                  runqueue: 0,
                  blocked: 0,
                },
              }
            : {}),
        };
      }),
    };
  });
}

/** All wait up to 2⁻¹⁵ s. */
const waitsOf = (runs: number): number[] => Array.from({ length: 23 }, (_, i) => (i === 6 ? runs : 0));

/** A sensor from inside: two sockets, of which one loses a quarter, and no VM. */
export function insideSamples(count: number, process = 'suricata'): LiveSample[] {
  const socket = { device: 'eth1', method: 'v3', sockets: 4, ringBytes: 256 * 2 ** 20, frozen: 0 };
  return liveSamples([], count).map((sample, i) => {
    const packets = sample.path[0]!.packets!;
    return {
      ...sample,
      path: [
        { stage: 'guest_nic', device: 'eth1', packets, rxDropped: packets / 2 },
        { stage: 'guest_softnet', device: '', packets, drops: 0 },
      ],
      captures: [
        { ...socket, process, delivered: (packets * 3) / 4, drops: packets / 4 },
        {
          ...socket,
          process: 'dhclient',
          method: 'plain',
          delivered: i,
          drops: 0,
          sockets: 1,
          ringBytes: 212992,
        },
      ],
      cpu: { polling: packets * 2e-7, bridging: 0, copy: packets * 1e-7, capture: packets * 7e-7, idle: i },
    };
  });
}
