import { bounded, identify, MAX_NAME } from './identity.js';
import { readText } from './read.js';
import { parseStat } from './stat.js';
import type { Holder, Vm } from './types.js';
import { vhostUserDevices } from './vhost_user.js';

/** The virtual machines of this host, as of the last refresh. */
export class Inventory {
  private live: ReadonlyMap<string, Vm> = new Map();
  private pids: ReadonlyMap<number, Vm> = new Map();
  private devices: ReadonlyMap<string, Vm> = new Map();
  private files: ReadonlyMap<string, Vm | undefined> = new Map();

  /** `proc` is where procfs is mounted. */
  constructor(private readonly proc = '/proc') {}

  /** VMs by key. */
  get vms(): ReadonlyMap<string, Vm> {
    return this.live;
  }

  /** The VM whose VMM has this process id now. */
  byPid(pid: number): Vm | undefined {
    return this.pids.get(pid);
  }

  /** The VM that holds this tap or macvtap. */
  byTap(device: string): Vm | undefined {
    return this.devices.get(device);
  }

  /** The open files of /dev/vfio, each with the VM that holds it, or undefined where a process does that runs none. */
  get vfio(): ReadonlyMap<string, Vm | undefined> {
    return this.files;
  }

  /**
   * Takes in who holds what now. A VM known already keeps its name; one whose process is gone, or whose pid
   * belongs to another process now, goes away and frees its name.
   */
  refresh(holders: readonly Holder[]): void {
    const found = new Map<string, { pid: number; startTicks: number }>();
    for (const { pid, kind } of holders) {
      if (kind !== 'kvm-vm') continue;
      const startTicks = this.startTicks(pid);
      if (startTicks !== undefined) found.set(`${pid}:${startTicks}`, { pid, startTicks });
    }
    const taps = tapsByPid(holders);
    const names = new Set([...found.keys()].map((key) => this.live.get(key)?.name));
    const live = new Map<string, Vm>();
    for (const [key, { pid, startTicks }] of found) {
      const known = this.live.get(key) ?? { key, pid, startTicks, ...this.identity(pid, names) };
      names.add(known.name);
      live.set(key, { ...known, taps: [...(taps.get(pid) ?? [])].sort() });
    }
    this.live = live;
    this.pids = new Map([...live.values()].map((vm) => [vm.pid, vm]));
    this.devices = new Map([...live.values()].flatMap((vm) => vm.taps.map((tap) => [tap, vm])));
    this.files = new Map(
      holders.flatMap(({ pid, kind, device }) =>
        kind === 'vfio' && device ? [[device, this.byPid(pid)] as const] : [],
      ),
    );
  }

  private startTicks(pid: number): number | undefined {
    const stat = readText(`${this.proc}/${pid}/stat`);
    return stat === undefined ? undefined : parseStat(stat)?.startTicks;
  }

  private identity(
    pid: number,
    taken: ReadonlySet<string | undefined>,
  ): Pick<Vm, 'name' | 'uuid' | 'vmm' | 'vhostUser'> {
    const cmdline = readText(`${this.proc}/${pid}/cmdline`) ?? '';
    const cgroup = readText(`${this.proc}/${pid}/cgroup`) ?? '';
    const { name, uuid, vmm } = identify(cmdline, cgroup);
    const unique = uniqueName(name || `pid-${pid}`, pid, taken);
    return { name: unique, uuid, vmm, vhostUser: vhostUserDevices(cmdline) };
  }
}

/** Two VMs of one name would write the same series: the later one gets its pid appended. */
function uniqueName(wanted: string, pid: number, taken: ReadonlySet<string | undefined>): string {
  let name = wanted;
  for (let suffix = `#${pid}`; taken.has(name); suffix += `#${pid}`) {
    name = bounded(wanted, MAX_NAME - suffix.length) + suffix;
  }
  return name;
}

function tapsByPid(holders: readonly Holder[]): Map<number, Set<string>> {
  const taps = new Map<number, Set<string>>();
  for (const { pid, kind, device } of holders) {
    if ((kind !== 'tap' && kind !== 'macvtap') || !device) continue;
    const held = taps.get(pid) ?? new Set();
    taps.set(pid, held.add(device));
  }
  return taps;
}
