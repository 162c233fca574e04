/** What a run is to do, as read from a plan file and found sound: `plan/read.ts` makes it. */
import type { Flows, FrameSize, Monitor, Platform } from '../results.js';

/** A plan. Everything in it is as the user wrote it, or its default. */
export interface Plan {
  /** Every combination is measured `replications` times. */
  factors: {
    platform: Platform[];
    /** Names of methods. */
    method: string[];
    monitor: Monitor[];
    flows: Flows[];
    size: FrameSize[];
  };
  replications: number;
  /** Seconds of load in a cell. A whole number of intervals. */
  duration: number;
  /** Seconds between two samples. */
  interval: number;
  /** Samples at the start that are discarded. */
  warmUp: number;
  /** Samples at the end that are discarded. */
  coolOff: number;
  /** Seconds to wait, after the load has stopped, for the last frame to be counted. */
  settle: number;
  /** Of the order of the cells; undefined: to be drawn, and recorded in the environment. */
  seed?: number;
  load: LoadPlan;
  host: HostPlan;
  /** There when, and only when, `factors.platform` has `guest`. */
  guest?: GuestPlan;
  pinning: Pinning;
}

/** Where frames come from. The source runs on the host. */
export interface LoadPlan {
  /** Name of a `Load`. */
  generator: string;
  /** Interface of the host that frames are sent out of. */
  device: string;
  /** Frames a second. */
  rate: number;
  /** MAC address that frames are sent to; undefined: one that no interface has. */
  destination?: string;
}

export interface HostPlan {
  /** Interface that frames come in on, and that sensors on the host listen on. */
  device: string;
  /** Base address of the host's Trapline, `http://127.0.0.1:9818`. */
  trapline: string;
}

export interface GuestPlan {
  /** Words before a command that have it run in the guest; the command is appended as one quoted word: `ssh root@10.0.0.5`. */
  shell: string;
  /** Interface in the guest that sensors there listen on. */
  device: string;
  /** Name of the VM, as in Trapline's label `vm`. */
  vm: string;
  /** Base address of the guest's Trapline as the host reaches it; undefined: it is asked at 127.0.0.1:9818 inside, by the shell. */
  trapline?: string;
  /** Command of the host that restarts the guest after each cell measured in it, and returns when its shell answers again. */
  reboot?: string;
}

/** CPUs that something may run on; undefined: any, as found. What is of a guest is there only with it. */
export interface Pinning {
  /** CPUs of the host: interrupts of `host.device`, or of the NICs below it. */
  interrupts?: number[];
  /** CPUs of the host: the vhost workers of the guest. */
  vhost?: number[];
  /** CPUs of the host: the vCPU threads of the guest. */
  vcpu?: number[];
  /** CPUs of the host: the source of the load. */
  load?: number[];
  /** CPUs of the machine that the sensor runs on. */
  sensor?: { host?: number[]; guest?: number[] };
}
