import { identify, type Identity } from './identity.js';
import { markOfCommand, Names, type Wanted } from './names.js';
import { readStart, readText } from './read.js';
import { parseStat, type ProcessStat } from './stat.js';
import type { Holder, Vm } from './types.js';
import { vhostUserDevices } from './vhost_user.js';

/** Deeper than services start their helpers. */
const MAX_ANCESTORS = 32;

/** The virtual machines of this host, as of the last refresh. */
export class Inventory {
  private live: ReadonlyMap<string, Vm> = new Map();
  private pids: ReadonlyMap<number, Vm> = new Map();
  private files: ReadonlyMap<string, Vm | undefined> = new Map();
  private ended: ReadonlyMap<string, string> = new Map();
  private readonly names = new Names();

  /** `proc` is where procfs is mounted. */
  constructor(private readonly proc = '/proc') {}

  /** VMs by key. */
  get vms(): ReadonlyMap<string, Vm> {
    return this.live;
  }

  /** The name of the VM of a process that lives, or that has ended and is still counted. */
  nameOf(key: string): string | undefined {
    return this.live.get(key)?.name ?? this.ended.get(key);
  }

  /** The VM whose VMM has this process id now. */
  byPid(pid: number): Vm | undefined {
    return this.pids.get(pid);
  }

  /**
   * The VM that a process runs, or else the nearest of its ancestors: crosvm gives each device a child, which holds its tap.
   * Without a start, whoever has the process id now.
   */
  ofProcess({ pid, startTicks }: Pick<Holder, 'pid' | 'startTicks'>): Vm | undefined {
    const vm = this.pids.get(pid);
    if (vm) return startTicks === undefined || startTicks === vm.startTicks ? vm : undefined;
    return this.ancestors(pid)
      .map((each) => this.pids.get(each))
      .find(Boolean);
  }

  /** The open files of /dev/vfio, each with the VM that holds it, or undefined where a process does that runs none. */
  get vfio(): ReadonlyMap<string, Vm | undefined> {
    return this.files;
  }

  /**
   * Takes in who holds what now, and by key the processes that are counted as VMs with the start of their command lines, which
   * may be empty. A VM known already keeps its name; one whose process is gone or ending, or whose pid belongs to another
   * process now, frees its name. While it is counted it can still be asked for that name, or for the one that its command
   * line says.
   */
  refresh(holders: readonly Holder[], counted: ReadonlyMap<string, string> = new Map()): void {
    const found = this.living(holders, counted);
    const known = new Map([...found.keys()].flatMap((key) => entryOf(this.live, key)));
    const newcomers = [...found].flatMap(([key, process]) =>
      known.has(key) ? [] : (this.describe(process, counted.get(key) ?? '') ?? []),
    );
    const live = new Map([...known, ...this.christen(newcomers, [...known.values()])]);
    this.ended = this.namesOf([...counted].filter(([key]) => !live.has(key)));
    this.live = live;
    this.pids = new Map([...live.values()].map((vm) => [vm.pid, vm]));
    this.files = new Map(
      holders.flatMap((holder) =>
        holder.kind === 'vfio' && holder.device ? [[holder.device, this.ofProcess(holder)] as const] : [],
      ),
    );
  }

  /** Of these processes those that live, by key. Those that the kernel has just told the start of do. */
  private living(holders: readonly Holder[], counted: ReadonlyMap<string, string>): Map<string, Process> {
    const found = new Map<string, Process>();
    for (const { pid, startTicks = this.startTicks(pid) } of this.owners(holders))
      if (startTicks !== undefined) found.set(`${pid}:${startTicks}`, { pid, startTicks });
    for (const key of counted.keys()) {
      const process = processOf(key);
      if (!found.has(key) && this.startTicks(process.pid) === process.startTicks) found.set(key, process);
    }
    return found;
  }

  /**
   * Who runs the VMs. The kernel names only the process that made a VM; in /proc a child that inherited the file looks the
   * same, but has not become another program, which would have closed the file.
   */
  private owners(holders: readonly Holder[]): Holder[] {
    const owners = holders.filter(({ kind }) => kind === 'kvm-vm');
    const pids = new Set(owners.map(({ pid }) => pid));
    const command = (pid: number): string | undefined => readStart(`${this.proc}/${pid}/cmdline`);
    return owners.filter(({ pid, startTicks }) => {
      if (startTicks !== undefined) return true;
      return !this.ancestors(pid).some((each) => pids.has(each) && command(each) === command(pid));
    });
  }

  /** Nearest first. */
  private ancestors(pid: number): number[] {
    const ancestors: number[] = [];
    for (
      let next = this.stat(pid)?.parent;
      next && ancestors.length < MAX_ANCESTORS;
      next = this.stat(next)?.parent
    )
      ancestors.push(next);
    return ancestors;
  }

  private startTicks(pid: number): number | undefined {
    return this.stat(pid)?.startTicks;
  }

  private stat(pid: number): ProcessStat | undefined {
    return parseStat(readText(`${this.proc}/${pid}/stat`) ?? '');
  }

  private christen(newcomers: readonly Newcomer[], known: readonly Vm[]): [string, Vm][] {
    const bearers = new Map(known.map(({ name, pid }) => [name, pid]));
    // A process that has let go of its memory says nothing any more, and its VM may have been started again meanwhile.
    const taken = (name: string): boolean =>
      bearers.has(name) && Boolean(readStart(`${this.proc}/${bearers.get(name)!}/cmdline`));
    const names = this.names.give(
      newcomers.map(({ wanted }) => wanted),
      taken,
    );
    return newcomers.map(({ vm }, i) => [vm.key, { ...vm, name: names[i]! }]);
  }

  /** `told` is what is known of its command line anyway. Undefined where the process has ended meanwhile. */
  private describe({ pid, startTicks }: Process, told: string): Newcomer | undefined {
    // A process that is not waited for yet says nothing any more.
    const cmdline = readStart(`${this.proc}/${pid}/cmdline`) || told;
    const cgroup = readText(`${this.proc}/${pid}/cgroup`) ?? '';
    // Asked again: what was read is another process's where the pid was given anew.
    if (cmdline === '' || this.startTicks(pid) !== startTicks) return undefined;
    const { uuid, vmm, ...identity } = identify(cmdline, cgroup);
    const vhostUser = vhostUserDevices(cmdline);
    return {
      wanted: wantedBy(pid, { uuid, ...identity }, markOfCommand(cmdline)),
      vm: { key: `${pid}:${startTicks}`, pid, startTicks, uuid, vmm, vhostUser },
    };
  }

  /** The names of processes that have ended, as far as they can be known. */
  private namesOf(ended: readonly (readonly [key: string, told: string])[]): Map<string, string> {
    const names = new Map<string, string>();
    for (const [key, told] of ended) {
      const name =
        this.nameOf(key) ?? (told && this.names.ofEnded(wantedBy(processOf(key).pid, identify(told, ''))));
      if (name !== '') names.set(key, name);
    }
    return names;
  }
}

interface Newcomer {
  wanted: Wanted;
  vm: Omit<Vm, 'name'>;
}

/** A VM whose VMM says no name is called by what else it says. */
function wantedBy(pid: number, { name, id, uuid }: Omit<Identity, 'vmm'>, command = ''): Wanted {
  return {
    pid,
    name: name || uuid || `pid-${pid}`,
    marks: [id, uuid.slice(0, 8), command].filter((mark) => mark !== ''),
  };
}

/** The entry of a map, if there is one. */
function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): [K, V][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

interface Process {
  pid: number;
  startTicks: number;
}

function processOf(key: string): Process {
  const [pid, startTicks] = key.split(':').map(Number);
  return { pid: pid!, startTicks: startTicks! };
}
