import {
  holdersFromKernel,
  holdersFromProc,
  Inventory,
  vmFilesSignal,
  type Holder,
  type Vm,
} from './machine/index.js';
import type { SignalHandles } from './kernel/index.js';

/** How often VMs that came or went are looked for. */
const SCAN_MS = 5_000;

/** Looks for the VMs of this machine on a beat, for all collectors. */
export class Watch {
  readonly inventory = new Inventory();
  readonly #running: (() => Iterable<string>)[] = [];
  readonly #afterScan: (() => void)[] = [];
  readonly #lookedFor = new Set<string>();
  #iterator: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(handles: (signal: string) => SignalHandles | undefined) {
    this.#iterator = handles(vmFilesSignal.name)?.iterators['vm_files'];
  }

  /** `processes` gives keys (`pid:startTicks`) of whoever is known to run a vCPU: it holds a VM even if its files are not seen. */
  alsoRunning(processes: () => Iterable<string>): void {
    this.#running.push(processes);
  }

  /** `work` is done when the VMs are known anew. */
  afterScan(work: () => void): void {
    this.#afterScan.push(work);
  }

  /** The name of the VM of a process. One that started after the last scan is looked for at once. */
  nameOf(key: string): string {
    if (!this.inventory.vms.has(key)) this.inventory.refresh(this.#holders());
    return this.inventory.vms.get(key)?.name ?? `pid-${key.split(':')[0]}`;
  }

  /** The VM that holds a tap. A tap that came after the last scan is looked for at once, but only once a scan. */
  vmOfTap(device: string): Vm | undefined {
    if (!this.inventory.byTap(device) && !this.#lookedFor.has(device)) {
      this.#lookedFor.add(device);
      this.inventory.refresh(this.#holders());
    }
    return this.inventory.byTap(device);
  }

  /** Scans now and on the beat. Throws where the first scan fails; later failures are only reported. */
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

  scan(): void {
    this.#lookedFor.clear();
    this.inventory.refresh(this.#holders());
    for (const work of this.#afterScan) work();
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

  #holders(): Holder[] {
    const holders = this.#iterator === undefined ? holdersFromProc() : holdersFromKernel(this.#iterator);
    const running = this.#running.flatMap((processes) => [...processes()]);
    return [
      ...holders,
      ...running.map((key): Holder => ({ pid: Number(key.split(':')[0]), kind: 'kvm-vm' })),
    ];
  }
}
