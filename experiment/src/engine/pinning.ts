/** Steers interrupts and threads to CPUs, and back. */
import type { Plan } from '../plan/plan.js';
import type { Shell } from '../shell/shell.js';
import type { Changes } from './change.js';
import type { Equipment } from './equipment.js';

/** Something that runs on CPUs of a choice. */
export interface Steered {
  kind: 'interrupt' | 'thread';
  /** Of the interrupt, or the thread id. */
  id: number;
  /** In words: "interrupt 24", "vCPU thread 812". */
  what: string;
  /** As the kernel writes lists of CPUs. */
  cpus: string;
}

/** What is steered on the host. */
type Target = 'interrupts' | 'vhost' | 'vcpu';

/** What the plan has to steer, as it is now. A list is empty where there is nothing: `check.ts` complains of it. */
export async function findSteered(
  { pinning, host: { device } }: Plan,
  equipment: Pick<Equipment, 'host' | 'vmProcess'>,
): Promise<Partial<Record<Target, Steered[]>>> {
  const { host } = equipment;
  const vm = pinning.vhost || pinning.vcpu ? await equipment.vmProcess() : undefined;
  return {
    ...(pinning.interrupts ? { interrupts: await interruptsOf(host, device) } : {}),
    ...(pinning.vhost ? { vhost: vm === undefined ? [] : await vhostThreads(host, vm) } : {}),
    ...(pinning.vcpu ? { vcpu: vm === undefined ? [] : await vcpuThreads(host, vm) } : {}),
  };
}

/** Steers everything to where the plan wants it. */
export async function pin(plan: Plan, equipment: Equipment, changes: Changes): Promise<void> {
  const found = await findSteered(plan, equipment);
  for (const [target, all] of Object.entries(found) as [Target, Steered[]][]) {
    const cpus = plan.pinning[target]!.join(',');
    for (const steered of all.filter((steered) => steered.cpus !== cpus))
      await steer(equipment.host, steered, cpus, changes);
  }
}

function steer(host: Shell, steered: Steered, cpus: string, changes: Changes): Promise<string> {
  const { what } = steered;
  const undo = `${there(steered)} || exit 0; ${order(steered, steered.cpus)}`;
  return changes.run(host, { what: `put ${what} on CPU ${cpus}`, undo }, order(steered, cpus));
}

function order({ kind, id }: Steered, cpus: string): string {
  return kind === 'interrupt'
    ? `echo ${cpus} > /proc/irq/${id}/smp_affinity_list`
    : `taskset -pc ${cpus} ${id} > /dev/null`;
}

function there({ kind, id }: Steered): string {
  return kind === 'interrupt' ? `test -e /proc/irq/${id}` : `test -e /proc/${id}`;
}

/**
 * Message-signalled interrupts of the device itself and of the devices below it, as below a bond or a bridge. Those of a virtio
 * device belong to its PCI function, one folder up.
 */
async function interruptsOf(host: Shell, device: string): Promise<Steered[]> {
  const listing = await host.must(`
    for net in /sys/class/net/${device} /sys/class/net/${device}/lower_*; do
      for folder in "$net"/device/msi_irqs "$net"/device/../virtio*/../msi_irqs; do
        for file in "$folder"/*; do
          irq=\${file##*/}; test -e "$file" && read -r cpus < /proc/irq/$irq/smp_affinity_list && echo $irq $cpus
        done
      done
    done; true`);
  return pairs(listing).map(([id, cpus]) => ({ kind: 'interrupt', id, what: `interrupt ${id}`, cpus }));
}

/** Before Linux 6.4 vhost workers are kernel threads, since then threads of the VMM; they are called the same. */
async function vhostThreads(host: Shell, vm: number): Promise<Steered[]> {
  const found = await host.must(`grep -lsx vhost-${vm} /proc/[0-9]*/task/[0-9]*/comm; true`);
  return threads(host, found.match(/(?<=task\/)\d+/g) ?? [], 'vhost worker');
}

/** Only a thread that has run a guest has guest_time, the 43rd field of its stat; VMMs name their threads as they like. */
async function vcpuThreads(host: Shell, vm: number): Promise<Steered[]> {
  const stats = await host.must(`cat /proc/${vm}/task/[0-9]*/stat`);
  const ids = stats.split('\n').filter((line) => Number(line.replace(/.*\) /s, '').split(' ')[40]) > 0);
  return threads(
    host,
    ids.map((line) => line.split(' ')[0]!),
    'vCPU thread',
  );
}

async function threads(host: Shell, ids: readonly string[], what: string): Promise<Steered[]> {
  if (ids.length === 0) return [];
  const files = ids.map((id) => `/proc/${id}/status`).join(' ');
  const listing = await host.must(
    `sed -sn 's/^Pid:[^0-9]*//p; s/^Cpus_allowed_list:[^0-9]*//p' ${files} | paste - -`,
  );
  return pairs(listing).map(([id, cpus]) => ({ kind: 'thread', id, what: `${what} ${id}`, cpus }));
}

/** Lines of a number and a list of CPUs. */
function pairs(listing: string): [number, string][] {
  return listing
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id, cpus] = line.split(/\s+/);
      return [Number(id), cpus!];
    });
}
