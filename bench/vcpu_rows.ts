/** Fills the tables of a running Trapline as its programs would, had every vCPU thread met a dozen exit reasons. */
import { readdirSync, readFileSync } from 'node:fs';
import koffi from 'koffi';
import {
  code_space,
  reason_ring,
  reason_row,
  Table,
  vcpu_ring,
  vcpu_row,
  vcpu_state,
  type Layout,
} from '../exporter/src/kernel/index.js';
import type { CrowdVm } from './vm_crowd.js';

/** VMX basic exit reasons and KVM_EXIT_* numbers that a busy appliance meets. */
const EXITS = [1, 7, 10, 12, 28, 30, 31, 32, 40, 48, 49, 52];
const USERSPACE = [2, 5, 6];

const library = koffi.load('libbpf.so.1');
const openMap = library.func('int bpf_map_get_fd_by_id(uint32_t id)');
const mapInfo = library.func(
  'int bpf_obj_get_info_by_fd(int fd, _Out_ uint8_t *info, _Inout_ uint32_t *length)',
);
/** struct bpf_map_info of include/uapi/linux/bpf.h */
const INFO = { size: 40, name: 24, nameLength: 16 } as const;

/** Descriptors of the maps that a process holds, by their names: 15 characters at most. */
export function mapsOf(pid: number): Map<string, number> {
  const maps = new Map<string, number>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const id = /^map_id:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
    if (id === undefined) continue;
    const map = openMap(Number(id)) as number;
    const info = Buffer.alloc(INFO.size);
    mapInfo(map, info, [info.length]);
    maps.set(info.toString('utf8', INFO.name, INFO.name + INFO.nameLength).split('\0', 1)[0]!, map);
  }
  return maps;
}

/** `map` gives the descriptor of a table of bpf/vm_exit.bpf.c. Gives every vCPU thread a row. */
export function fillVcpuRows(map: (table: string) => number, vms: readonly CrowdVm[]): void {
  const table = <L extends Layout>(name: string, layout: L): Table<L> =>
    new Table(map(name), layout, 'write');
  const vcpus = table('vcpu_rows', vcpu_row);
  const reasons = table('reason_rows', reason_row);
  let vcpu = 0;
  let reason = 0;
  let value = 1;
  const next = (): bigint => BigInt((value = (value * 16807) % 2147483647));

  const addReason = (space: number, code: number, first: number): number => {
    reasons.setU32(reason, 'space', space);
    reasons.setU32(reason, 'code', code);
    reasons.setU32(reason, 'next', first);
    for (const field of ['count', 'kernel_ns', 'vmm_ns', 'runqueue_ns', 'blocked_ns'] as const)
      reasons.setU64(reason, field, next());
    return reason++;
  };
  for (const { pid, startTicks, tids } of vms) {
    for (const tid of tids) {
      let first = 0xffff_ffff;
      for (const code of EXITS) first = addReason(code_space.SPACE_VMX, code, first);
      for (const code of USERSPACE) first = addReason(code_space.SPACE_USERSPACE, code, first);
      vcpus.setU32(vcpu, 'tgid', pid);
      vcpus.setU32(vcpu, 'tid', tid);
      vcpus.setU32(vcpu, 'first_reason', first);
      vcpus.setU64(vcpu, 'tgid_start_ns', BigInt(startTicks) * 10_000_000n);
      vcpus.setU64(vcpu, 'tid_start_ns', BigInt(startTicks) * 10_000_000n);
      vcpus.setU32(vcpu, 'state', vcpu_state.STATE_UNKNOWN);
      for (const field of ['guest_ns', 'emulated_instructions', 'duration_ns'] as const)
        vcpus.setU64(vcpu, field, next());
      for (let i = 0; i < vcpu_row.fields.durations.length; i++)
        vcpus.setU64(vcpu, 'durations', next() % 10_000n, i);
      vcpus.setU32(vcpu, 'generation', 1);
      vcpu++;
    }
  }
  table('free_vcpus', vcpu_ring).setU32(0, 'fresh', vcpu);
  table('free_reasons', reason_ring).setU32(0, 'fresh', reason);
}
