import type { LiveSample, LiveVm } from '../../../../exporter/src/live/protocol';

/** Time of vCPUs of which these are the cost of exits. */
export const seconds = (kernel: number, vmm: number) => ({ guest: 0, kernel, vmm, runqueue: 0, blocked: 9 });

export const vm = (packets: number, more: Partial<LiveVm> = {}): LiveVm => ({
  vm: 'a',
  packets,
  drops: 0,
  ...more,
});

export const sample = (t: number, vms: LiveVm[], more: Partial<LiveSample> = {}): LiveSample => ({
  t,
  vms,
  path: [],
  nics: [],
  captures: [],
  own: { cpu: 0, bytes: 0 },
  ...more,
});

export const socket = (delivered: number, drops: number) => ({
  process: 'ids',
  device: 'eth0',
  method: 'v3',
  delivered,
  drops,
  sockets: 1,
  ringBytes: 1024,
});
