import { runIterator, textOf, vm_file, vm_file_kind, type Signal } from '../kernel/index.js';
import { ticksOf } from './stat.js';
import type { Holder } from './types.js';

/** bpf/vm_files.bpf.c. Which process a VM serves is known only with the types of the module kvm. */
export const vmFilesSignal: Signal = {
  name: 'vm_files',
  tables: {},
  programs: [
    {
      name: 'vm_files',
      hook: 'iter/task_file',
      functions: ['vm_files'],
      modules: [],
      iterator: { reloadedFor: ['kvm'] },
    },
  ],
  // Without it the same is read from /proc.
  needs: [],
};

const kinds: Readonly<Record<number, Holder['kind']>> = {
  [vm_file_kind.FILE_KVM_VM]: 'kvm-vm',
  [vm_file_kind.FILE_VHOST_NET]: 'vhost-net',
  [vm_file_kind.FILE_VFIO]: 'vfio',
};

/** Who runs VMs and holds vhost and vfio devices on the whole machine. Throws where the iterator cannot be run. */
export function holdersFromKernel(link: number): Holder[] {
  return runIterator(link, vm_file.size).flatMap((record) => {
    const { tgid, start_ns, kind, device } = vm_file.fields;
    const name = kinds[record.readUInt32LE(kind.offset)];
    if (!name) return [];
    const file = textOf(record, device);
    const holder: Holder = {
      pid: record.readUInt32LE(tgid.offset),
      startTicks: ticksOf(Number(record.readBigUInt64LE(start_ns.offset))),
      kind: name,
    };
    return file ? [{ ...holder, device: file }] : [holder];
  });
}
