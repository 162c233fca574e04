import { Ledger, VmTotals } from './collectors/vm_exit/index.js';
import type { SignalHandles } from './kernel/index.js';
import { holdersFromKernel, holdersFromProc, Inventory, threadsOf, type Holder } from './machine/index.js';

/** How often VMs that came or went are looked for. */
const SCAN_MS = 5_000;

/** Which VMs there are, and what each has counted: the one picture that all collectors share. */
export class Watch {
  readonly inventory = new Inventory();
  /** Undefined where the kernel counts no exits for us. */
  readonly exits: VmTotals | undefined;
  readonly ledger: Ledger | undefined;
  #iterator: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `linger` is in seconds. */
  constructor(signals: Record<string, SignalHandles>, linger: number) {
    const tables = signals['vm_exit']?.tables;
    this.#iterator = signals['vm_files']?.iterators['vm_files'];
    if (!tables) return;
    this.ledger = new Ledger((name) => tables[name]!);
    this.exits = new VmTotals(this.ledger, (key) => this.#nameOf(key), linger * 1e9);
  }

  /** Throws where the machine cannot be scanned at all; later failures are only reported. */
  start(onError: (error: unknown) => void): void {
    this.#tryIterator(onError);
    this.scan();
    this.#timer = setInterval(() => {
      try {
        this.scan();
      } catch (error) {
        onError(error);
      }
    }, SCAN_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Finds the VMs, then takes back the rows of those that have ended. */
  scan(): void {
    this.inventory.refresh(this.#holders());
    this.exits?.recycle(threadsOf);
  }

  /** Before 5.19, kernel.unprivileged_bpf_disabled keeps the server from running what root has made for it. */
  #tryIterator(onError: (error: unknown) => void): void {
    try {
      if (this.#iterator !== undefined) holdersFromKernel(this.#iterator);
    } catch (error) {
      this.#iterator = undefined;
      onError(error);
    }
  }

  /** Whoever ran a vCPU holds a VM, even where its files cannot be seen. */
  #holders(): Holder[] {
    const holders = this.#iterator === undefined ? holdersFromProc() : holdersFromKernel(this.#iterator);
    const running = [...(this.ledger?.processes() ?? [])].map((key): Holder => ({
      pid: Number(key.split(':')[0]),
      kind: 'kvm-vm',
    }));
    return [...holders, ...running];
  }

  /** A VM that started after the last scan is looked for at once. One that ended before it has no name any more. */
  #nameOf(key: string): string {
    if (!this.inventory.vms.has(key)) this.inventory.refresh(this.#holders());
    return this.inventory.vms.get(key)?.name ?? `pid-${key.split(':')[0]}`;
  }
}
