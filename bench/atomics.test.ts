/**
 * What runs for an event takes no lock, and no atomic on a line that another CPU writes: read from the objects that ship.
 * BPF has no other lock than its atomic instructions and the helper bpf_spin_lock, which no program calls.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shipped } from './floors.js';

const PREBUILT = join(import.meta.dirname, '../bpf/prebuilt');

/** Places in the headers of ELF64 (elf.h). */
const HEADER = { sections: 0x28, sectionSize: 0x3a, sectionCount: 0x3c } as const;
const SECTION = { type: 4, offset: 0x18, size: 0x20, link: 0x28 } as const;
const SYMBOL = { size: 24, name: 0, info: 4, section: 6, value: 8, length: 16 } as const;
const SHT_SYMTAB = 2;
const STT_FUNC = 2;

/** include/uapi/linux/bpf.h */
const BPF_STX_ATOMIC = 0xc3;
const CLASS_AND_MODE = 0xe7;
const CALL = 0x85;
const BPF_FUNC_spin_lock = 93;

interface Section {
  offset: number;
  size: number;
  type: number;
  link: number;
}

function sectionsOf(object: Buffer): Section[] {
  const start = Number(object.readBigUInt64LE(HEADER.sections));
  const size = object.readUInt16LE(HEADER.sectionSize);
  return Array.from({ length: object.readUInt16LE(HEADER.sectionCount) }, (_, i) => {
    const at = start + i * size;
    return {
      type: object.readUInt32LE(at + SECTION.type),
      offset: Number(object.readBigUInt64LE(at + SECTION.offset)),
      size: Number(object.readBigUInt64LE(at + SECTION.size)),
      link: object.readUInt32LE(at + SECTION.link),
    };
  });
}

/** The instructions of each function, 8 bytes each. */
function functionsOf(object: Buffer): Map<string, Buffer[]> {
  const sections = sectionsOf(object);
  const symbols = sections.find(({ type }) => type === SHT_SYMTAB)!;
  const names = sections[symbols.link]!.offset;
  const functions = new Map<string, Buffer[]>();
  for (let at = symbols.offset; at < symbols.offset + symbols.size; at += SYMBOL.size) {
    if ((object.readUInt8(at + SYMBOL.info) & 0xf) !== STT_FUNC) continue;
    const nameAt = names + object.readUInt32LE(at + SYMBOL.name);
    const name = object.toString('latin1', nameAt, object.indexOf(0, nameAt));
    const section = sections[object.readUInt16LE(at + SYMBOL.section)]!;
    const start = section.offset + Number(object.readBigUInt64LE(at + SYMBOL.value));
    const length = Number(object.readBigUInt64LE(at + SYMBOL.length));
    functions.set(
      name,
      Array.from({ length: length / 8 }, (_, i) => object.subarray(start + 8 * i, start + 8 * i + 8)),
    );
  }
  return functions;
}

const isAtomic = (instruction: Buffer): boolean => (instruction[0]! & CLASS_AND_MODE) === BPF_STX_ATOMIC;
const takesLock = (instruction: Buffer): boolean =>
  instruction[0] === CALL && instruction[1] === 0 && instruction.readInt32LE(4) === BPF_FUNC_spin_lock;

const functions = new Map(
  shipped.flatMap(({ name }) => [...functionsOf(readFileSync(join(PREBUILT, `${name}.bpf.o`)))]),
);

describe('the objects of the exporter', () => {
  it('have atomic instructions only where they are named here', () => {
    const counts = [...functions].map(([name, code]) => [name, code.filter(isAtomic).length] as const);
    expect(Object.fromEntries(counts.filter(([, count]) => count > 0))).toEqual({
      // Where a thread gets no storage: in a line of the CPU's own.
      ...{ kvm_exit: 1, kvm_exit_fetching: 1, kvm_exit_with_reason: 1, kvm_entry: 1 },
      ...{ kvm_userspace_exit: 1, kvm_emulate_insn: 1 },
      // Once in the life of a thread, a reason, a VM or a socket.
      ...{
        open_row: 5,
        open_reason: 4,
        row_of: 6,
        packet_release: 1,
        packet_sock_destruct: 5,
        xsk_release: 5,
      },
      // Several threads write the row of a VM: once a kick, an interrupt, a return to the VMM.
      ...{ ioeventfd_write: 1, kvm_arch_vcpu_ioctl_run: 1, kvm_arch_set_irq_inatomic: 1, irqfd_inject: 1 },
      ...{ kvm_send_userspace_msi: 1, kvm_vm_ioctl_irq_line: 1 },
      // Where an application reads the statistics of its socket.
      ...{ packet_getsockopt_entry: 1, on_statistics: 4 },
      // The share of a VM, by 49 samples a second and CPU.
      ...{ cpu_activity: 1 },
      // Where a bridge drops a packet: CPUs share the row of a port and reason.
      ...{ on_drop: 2 },
      // In a row of the CPU's own, against an interrupt that comes in the middle.
      ...{ kfree_skb: 1 },
    });
  });

  it('take no lock', () => {
    expect([...functions].filter(([, code]) => code.some(takesLock)).map(([name]) => name)).toEqual([]);
  });
});
