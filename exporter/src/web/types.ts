/** Cumulative counters of one moment; the page turns neighbours into rates. */
export interface LiveSample {
  /** Unix milliseconds. */
  t: number;
  /** False where exits cannot be timed (kvm_exit and kvm_entry not attached); `exits` and `seconds` are then absent. */
  exitTiming: boolean;
  vms: LiveVm[];
}

/** One VM's cumulative counters at the moment of a LiveSample. */
export interface LiveVm {
  /** The VM's name: hostile text. */
  vm: string;
  /** Packets delivered to the guest: sum over its taps. */
  packets: number;
  /** Packets lost on the way into the guest: sum over its taps. */
  drops: number;
  /** VM exits by class. */
  exits?: Record<string, number>;
  /** Cumulative seconds of all vCPUs by state; the cost of exits is kernel + vmm. */
  seconds?: { guest: number; kernel: number; vmm: number; runqueue: number; blocked: number };
  /** Exits that reached the VMM, all classes. */
  userspaceExits: number;
}
