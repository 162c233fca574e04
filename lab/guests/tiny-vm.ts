/**
 * The smallest virtual machine that makes countable exits: one vCPU in real mode, one page of memory, and a guest
 * that writes a port a given number of times and halts. Source of the numbers: linux/kvm.h, x86-64.
 */
import {
  Errno,
  SystemError,
  close,
  ioctl,
  map,
  openDevice,
  rawIoctl,
} from '../../experiment/src/sensor/libc.js';

const KVM_CREATE_VM = 0xae01;
const KVM_GET_VCPU_MMAP_SIZE = 0xae04;
const KVM_CREATE_VCPU = 0xae41;
const KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
const KVM_SET_TSS_ADDR = 0xae47;
const KVM_RUN = 0xae80;
const KVM_SET_REGS = 0x4090ae82;
const KVM_GET_SREGS = 0x8138ae83;
const KVM_SET_SREGS = 0x4138ae84;

const KVM_EXIT_IO = 2;
const KVM_EXIT_HLT = 5;

/** Offsets in `struct kvm_run`, `kvm_regs` and `kvm_sregs`. */
const RUN = { immediateExit: 1, exitReason: 8, ioDirection: 32, ioPort: 34 } as const;
const REGS = { size: 0x90, rcx: 0x10, rdx: 0x18, rip: 0x80, rflags: 0x88 } as const;
const SREGS = { size: 0x138, csBase: 0, csSelector: 12 } as const;

const IO_OUT = 1;
const RFLAGS_RESERVED = 0x2n;

const GUEST_CODE = 0x1000;
const PORT = 0x10;
/** Where Intel processors without "unrestricted guest" keep their three pages for real mode; anywhere unused will do. */
const TSS_ADDRESS = 0xfffb_d000;

/** Counts down in ecx, so that one run may write up to 2^32 − 1 times. */
const PORT_WRITING_LOOP = Uint8Array.of(
  ...[0x67, 0xe3, 0x04], //  jecxz halt
  0xee, //             next: out dx, al
  ...[0x67, 0xe2, 0xfc], //  loop next, by ecx
  0xf4, //             halt: hlt
);

/** Never leaves the guest by itself. */
export const SPINNING = Uint8Array.of(0xeb, 0xfe); // jmp to itself

/** What one run of the guest did, as seen by its VMM. */
export interface RunResult {
  ioExits: number;
  haltExits: number;
  /** Runs that ended with EINTR, by a signal or by `immediate_exit`. */
  interruptedRuns: number;
}

/** One VM with one vCPU. It must be run by the thread that made it; closing the process ends it. */
export class TinyVm {
  readonly #vm: number;
  readonly #vcpu: number;
  readonly #run: DataView;
  #interruptedRuns = 0;

  /** Throws `SystemError` where `/dev/kvm` is missing or may not be used. */
  constructor(code = PORT_WRITING_LOOP) {
    const kvm = openDevice('/dev/kvm');
    this.#vm = ioctl(kvm, KVM_CREATE_VM, 0, 'KVM_CREATE_VM');
    ioctl(this.#vm, KVM_SET_TSS_ADDR, TSS_ADDRESS, 'KVM_SET_TSS_ADDR');
    this.#addMemory(code);
    this.#vcpu = ioctl(this.#vm, KVM_CREATE_VCPU, 0, 'KVM_CREATE_VCPU');
    this.#run = map(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0, 'KVM_GET_VCPU_MMAP_SIZE'), this.#vcpu).bytes;
    this.#startAtRealModeZero();
    close(kvm);
  }

  /**
   * Runs the guest from its start until it halts. After each port write it is run so many times with `immediate_exit` set.
   * @throws SystemError when KVM_RUN fails; Error when the guest leaves for anything but its port and its halt.
   */
  run(writes: number, interruptions = 0): RunResult {
    this.#setRegisters(writes);
    const before = this.#interruptedRuns;
    for (let ioExits = 0; ; ioExits++) {
      if (this.#nextExit() === 'halt')
        return { ioExits, haltExits: 1, interruptedRuns: this.#interruptedRuns - before };
      this.#interrupt(interruptions);
    }
  }

  /** Lets go of the VM. */
  close(): void {
    close(this.#vcpu);
    close(this.#vm);
  }

  #nextExit(): 'port' | 'halt' {
    while (!this.#runOnce());
    const reason = this.#run.getUint32(RUN.exitReason, true);
    if (reason === KVM_EXIT_HLT) return 'halt';
    if (reason === KVM_EXIT_IO && this.#isOurPort()) return 'port';
    throw new Error(`the guest left with the unexpected KVM exit reason ${reason}`);
  }

  /** Returns whether the guest left by itself: EINTR says nothing of it. */
  #runOnce(): boolean {
    const result = rawIoctl(this.#vcpu, KVM_RUN, 0);
    if (result >= 0) return true;
    if (result !== -Errno.EINTR) throw new SystemError('KVM_RUN', -result);
    this.#interruptedRuns++;
    return false;
  }

  /** As a VMM stops a vCPU that it has work for. */
  #interrupt(times: number): void {
    this.#run.setUint8(RUN.immediateExit, 1);
    for (let i = 0; i < times; i++)
      if (this.#runOnce()) throw new Error('KVM_RUN went on in spite of immediate_exit');
    this.#run.setUint8(RUN.immediateExit, 0);
  }

  #isOurPort(): boolean {
    return this.#run.getUint8(RUN.ioDirection) === IO_OUT && this.#run.getUint16(RUN.ioPort, true) === PORT;
  }

  #addMemory(code: Uint8Array): void {
    const memory = map(0x1000);
    new Uint8Array(memory.bytes.buffer).set(code);
    const region = new DataView(new ArrayBuffer(32));
    region.setBigUint64(8, BigInt(GUEST_CODE), true);
    region.setBigUint64(16, 0x1000n, true);
    region.setBigUint64(24, memory.address, true);
    ioctl(this.#vm, KVM_SET_USER_MEMORY_REGION, bytesOf(region), 'KVM_SET_USER_MEMORY_REGION');
  }

  #startAtRealModeZero(): void {
    const sregs = new DataView(new ArrayBuffer(SREGS.size));
    ioctl(this.#vcpu, KVM_GET_SREGS, bytesOf(sregs), 'KVM_GET_SREGS');
    sregs.setBigUint64(SREGS.csBase, 0n, true);
    sregs.setUint16(SREGS.csSelector, 0, true);
    ioctl(this.#vcpu, KVM_SET_SREGS, bytesOf(sregs), 'KVM_SET_SREGS');
  }

  #setRegisters(writes: number): void {
    const regs = new DataView(new ArrayBuffer(REGS.size));
    regs.setBigUint64(REGS.rcx, BigInt(writes), true);
    regs.setBigUint64(REGS.rdx, BigInt(PORT), true);
    regs.setBigUint64(REGS.rip, BigInt(GUEST_CODE), true);
    regs.setBigUint64(REGS.rflags, RFLAGS_RESERVED, true);
    ioctl(this.#vcpu, KVM_SET_REGS, bytesOf(regs), 'KVM_SET_REGS');
  }
}

function bytesOf(view: DataView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(view.buffer);
}
