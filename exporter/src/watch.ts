import { atOnce, Breath, type Work } from './breath.js';
import {
  holdersFromKernel,
  holdersFromProc,
  Inventory,
  tapsFromHolders,
  tapsFromKernel,
  tapsSignal,
  vmFilesSignal,
  type HeldTap,
  type Vm,
} from './machine/index.js';
import type { SignalHandles } from './kernel/index.js';

/** How often VMs that came or went are looked for: every VM is looked at, so that many are looked at less often. */
const SCAN_MS = 5_000;
const SCAN_MS_PER_VM = 300;
const LONGEST_MS = 30_000;

/** A scrape may show so many VMs that came since the last scan and may have ended already. */
const MAX_UNKNOWN = 128;

/** A tap and the VM whose VMM, or a child of it, holds it. */
export interface VmTap {
  vm: Vm;
  tap: HeldTap;
}

/** Looks for the VMs of this machine on a beat, for all collectors. */
export class Watch {
  readonly inventory = new Inventory();
  readonly #counted: (() => Iterable<readonly [string, string]>)[] = [];
  readonly #afterScan: (() => Work)[] = [];
  readonly #lookedFor = new Set<string>();
  #iterator: number | undefined;
  #tapIterator: number | undefined;
  /** By name, as of the last scan: what there is where the kernel does not show them. */
  #tapsByName: readonly HeldTap[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(handles: (signal: string) => SignalHandles | undefined) {
    this.#iterator = handles(vmFilesSignal.name)?.iterators['vm_files'];
    this.#tapIterator = handles(tapsSignal.name)?.iterators['taps'];
  }

  /**
   * `processes` gives the keys (`pid:startTicks`) of whoever is counted for running a VM, each with the start of its command
   * line or nothing: it holds a VM even if its files are not seen, and may have ended before the exporter could look.
   */
  alsoCounted(processes: () => Iterable<readonly [string, string]>): void {
    this.#counted.push(processes);
  }

  /** `work` is done when the VMs are known anew. What it yields lets others work, but not always. */
  afterScan(work: () => Work): void {
    this.#afterScan.push(work);
  }

  /** The name of the VM of a process. One that started after the last scan is looked for at once. */
  nameOf(key: string): string {
    if (this.inventory.nameOf(key) === undefined) this.#look();
    return this.inventory.nameOf(key) ?? `pid-${key.split(':')[0]}`;
  }

  /** To be called before VMs are shown: scans at once where more have come since the last scan than may be shown unseen. */
  keepUp(): void {
    const unknown = [...this.#countedNow().keys()].filter((key) => !this.inventory.vms.has(key));
    if (unknown.length > MAX_UNKNOWN) this.scan();
  }

  /**
   * The taps of VMs as of now. VMs that came after the last scan are looked for at once where a process is met that holds a
   * tap, but once a scan for each. Goes through the files of all processes.
   */
  taps(): VmTap[] {
    const taps = this.#heldTaps();
    const strangers = taps
      .flatMap(({ holders }) => holders)
      .filter((holder) => !this.inventory.ofProcess(holder))
      .map(({ pid, startTicks }) => `${pid}:${startTicks ?? ''}`)
      .filter((key) => !this.#lookedFor.has(key));
    for (const key of strangers) this.#lookedFor.add(key);
    if (strangers.length > 0) this.#look();
    return taps.flatMap((tap) => {
      const vm = tap.holders.map((holder) => this.inventory.ofProcess(holder)).find(Boolean);
      return vm ? [{ vm, tap }] : [];
    });
  }

  #heldTaps(): readonly HeldTap[] {
    return this.#tapIterator === undefined ? this.#tapsByName : tapsFromKernel(this.#tapIterator);
  }

  /** Scans now and on the beat. Throws where the first scan fails; later failures are only reported. */
  start(onError: (error: unknown) => void): void {
    this.#tryIterators(onError);
    this.scan();
    this.#scanLater(onError);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Scans without a pause. */
  scan(): void {
    atOnce(this.#scanning());
  }

  #scanLater(onError: (error: unknown) => void): void {
    if (this.#stopped) return;
    const wanted = Math.max(SCAN_MS, this.inventory.vms.size * SCAN_MS_PER_VM);
    this.#timer = setTimeout(
      () => {
        void new Breath()
          .through(this.#scanning())
          .catch(onError)
          .finally(() => this.#scanLater(onError));
      },
      Math.min(wanted, LONGEST_MS),
    );
  }

  *#scanning(): Generator<void> {
    this.#lookedFor.clear();
    this.#look();
    for (const work of this.#afterScan) {
      yield;
      yield* work() ?? [];
    }
  }

  /** Before 5.19, kernel.unprivileged_bpf_disabled keeps the server from running what root has made for it. */
  #tryIterators(onError: (error: unknown) => void): void {
    try {
      if (this.#iterator !== undefined) holdersFromKernel(this.#iterator);
      if (this.#tapIterator !== undefined) tapsFromKernel(this.#tapIterator);
    } catch (error) {
      this.#iterator = this.#tapIterator = undefined;
      onError(error);
    }
  }

  #countedNow(): Map<string, string> {
    const counted = new Map<string, string>();
    for (const processes of this.#counted)
      for (const [key, command] of processes()) counted.set(key, counted.get(key) || command);
    return counted;
  }

  #look(): void {
    const byName = this.#iterator === undefined || this.#tapIterator === undefined ? holdersFromProc() : [];
    const holders = this.#iterator === undefined ? byName : holdersFromKernel(this.#iterator);
    this.inventory.refresh(holders, this.#countedNow());
    if (this.#tapIterator === undefined) this.#tapsByName = tapsFromHolders(byName);
  }
}
