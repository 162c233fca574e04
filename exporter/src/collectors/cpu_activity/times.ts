import type { Sums } from '../fleet.js';

/** A VM's share of the CPUs' time by activity, in nanoseconds. */
export class Times implements Sums<Times> {
  constructor(
    public guest = 0,
    public exit_handling = 0,
    public vmm = 0,
  ) {}

  add(other: Times): void {
    this.guest += other.guest;
    this.exit_handling += other.exit_handling;
    this.vmm += other.vmm;
  }
}
