/**
 * The live stream: what the exporter tells its page at /live, as server-sent events. `machine` comes first, and again when
 * something in it has changed; then one `history` with the samples so far, and a `sample` about every second. The page is
 * compiled from this file too, which is why it holds types and nothing else.
 *
 * Counters are cumulative: neighbours make rates. What is absent is not seen here, and not zero. Names of VMs, processes
 * and devices are text from outside, never markup. Times are in seconds, rounded to microseconds.
 */
export interface LiveEvents {
  machine: LiveMachine;
  /** Oldest first. */
  history: LiveSample[];
  sample: LiveSample;
}

/** What seldom changes. */
export interface LiveMachine {
  /** Name of the machine. */
  host: string;
  role: 'host' | 'guest' | 'both' | 'bare_metal';
  version: string;
  kernel: string;
  /** Programs that are attached. */
  attached: number;
  missing: LiveMissing[];
  /** What passes this kernel by: trapline_path_invisible. */
  unseen: { vm: string; device: string; reason: string }[];
  /** The devices between the taps of each VM and the wire, each once, at its least distance from a tap: trapline_path_hop_info. */
  hops: LiveHop[];
  /** Events that could not be counted, by cause: other numbers are too low. */
  lost: { collector: string; cause: string; events: number }[];
  /** Collectors that fail, each with its error. */
  failing: { collector: string; error: string }[];
}

export interface LiveHop {
  vm: string;
  device: string;
  /** 1 is next to the tap. */
  hop: number;
  /** The device that follows towards the VM. */
  next: string;
}

/** Programs of one collector that are not attached for the same reason. */
export interface LiveMissing {
  collector: string;
  /** What this collector sees, in a line. */
  sees: string;
  programs: string[];
  /** What waits attaches by itself once a kernel module has come. */
  verdict: 'waits' | 'fails';
  reason: string;
  /** Metrics that are left out for it, or some of whose series are. */
  absent: string[];
  /** Empty where none is known. */
  remedy: string;
}

/** Counters of one moment. */
export interface LiveSample {
  /** Unix milliseconds. */
  t: number;
  vms: LiveVm[];
  /** Stages that belong to no VM, on the way towards the capture. */
  path: LiveStage[];
  nics: LiveNic[];
  captures: LiveCapture[];
  /** Time of all CPUs by activity. */
  cpu?: Record<string, number>;
  /** By vector, net_rx and net_tx. */
  softirqs?: Record<string, LiveSoftirq>;
  /** Rounds of packet polling that ended with packets left. */
  squeezed?: number;
  /** Packets dropped anywhere by the kernel's reason, where that collector is on. */
  dropReasons?: Record<string, number>;
  /** CPU time and memory of the exporter's server, and the share of all CPUs that its programs in the kernel took lately. */
  own: { cpu: number; bytes: number; programs?: number };
  /** How many of a kind were left out because a sample has a bounded size: those that have carried least. */
  left?: { vms?: number; nics?: number; captures?: number };
}

/** One living VM. */
export interface LiveVm {
  vm: string;
  /** Taps through which packets come to it now. */
  taps?: number;
  /** Delivered to the guest, summed over its taps. Absent where it has none. */
  packets?: number;
  /** Lost on the way into the guest, at its taps. */
  drops?: number;
  /** Lost before its taps: in their queues, and by tc filters. Absent where they have none. */
  queueDrops?: number;
  filterDrops?: number;
  /** VM exits by class. Absent where exits are not seen: KVM can emulate a guest throughout. */
  exits?: Record<string, number>;
  /** Time of all vCPUs by state; the cost of exits is kernel + vmm. Absent where exits are not timed. */
  seconds?: LiveSeconds;
  /** Exits that reached the VMM. */
  userspaceExits?: number;
  kicks?: number;
  injections?: number;
  /** Time of its vhost workers. */
  vhost?: { running: number; runqueue: number };
}

export type LiveSeconds = Record<'guest' | 'kernel' | 'vmm' | 'runqueue' | 'blocked', number>;

/** A stage of the path: the metrics trapline_path_*; queues and filters only of devices that are on the way to a VM. */
export interface LiveStage {
  stage: string;
  device: string;
  /** With those that were then lost at a bridge and, on most NICs, at nic_hardware. Absent where only losses are counted. */
  packets?: number;
  /** Packets that the stage lost. Absent where its loss is not known. */
  drops?: number;
  /** What a bridge dropped by port; the empty name is the bridge itself. */
  ports?: Record<string, number>;
  /** The kernel's rx_dropped: no loss figure, since captures got most of these packets. */
  rxDropped?: number;
}

/** What a network device asks of this machine's CPUs. */
export interface LiveNic {
  device: string;
  interrupts?: number;
  interruptSeconds?: number;
  polls?: number;
  /** Packets that the polls brought. */
  polled?: number;
  /** Polls that used up their budget. */
  exhausted?: number;
  /** Of a virtio NIC, in a guest: times its driver notified the host. */
  kicks?: number;
}

/** The capture sockets of one process name in one container, on one device by one method. */
export interface LiveCapture {
  process: string;
  /** Absent outside of containers. */
  container?: string;
  device: string;
  method: string;
  /** Absent, with the drops, where the kernel refuses what is needed to count them. */
  delivered?: number;
  drops?: number;
  /** Open now. */
  sockets: number;
  ringBytes: number;
  /** Times its ring was found full and frozen; only method v3 tells. */
  frozen?: number;
}

export interface LiveSoftirq {
  seconds?: number;
  /** Runs by the time they waited: bucket i holds those up to 2^(i − 21) s, the last one the rest. */
  waits?: number[];
}
