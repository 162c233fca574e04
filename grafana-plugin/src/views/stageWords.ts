import type { Stage } from '../capture/roles';

/** A stage in words: what it is called, what losing packets there means, and what to try first. */
export interface StageWords {
  readonly label: string;
  /** Completes “packets are lost at …”. */
  readonly place: string;
  /** Completes “lost here: …”. */
  readonly meaning: string;
  readonly remedy: string;
  /** Why it may not be seen, and how it would be. */
  readonly unseen: string;
}

export const STAGE_WORDS: Readonly<Record<Stage, StageWords>> = {
  nic_hardware: {
    label: 'NIC hardware',
    place: 'the NIC',
    meaning: 'the host does not empty the receive rings in time',
    remedy:
      'longer rings (ethtool -G rx), more queues (ethtool -L), their interrupts on CPUs with time to spare',
    unseen:
      'Counted where the driver tells what its hardware missed. A NIC that a VM holds itself is out of sight.',
  },
  nic_driver: {
    label: 'NIC driver',
    place: 'the NIC’s driver',
    meaning: 'the driver, or the kernel right above it, dropped them',
    remedy: 'the reasons in trapline_drop_reasons_total; most often frames that nobody on the host asked for',
    unseen:
      'Counted by Trapline on the host. What goes through DPDK or a virtual function passes the kernel by.',
  },
  softnet: {
    label: 'Host backlog (softnet)',
    place: 'the host’s backlog',
    meaning: 'the queue in front of a CPU was full',
    remedy: 'a higher net.core.netdev_max_backlog, and the load spread over more CPUs (queues, RPS)',
    unseen: 'Counted by Trapline on the host.',
  },
  bridge: {
    label: 'Bridge',
    place: 'the bridge',
    meaning: 'the bridge filtered them or knew no port for them',
    remedy:
      'the VLAN filter and the MTU of the ports, and whether the bridge forgets the addresses of a mirror (ageing 0)',
    unseen: 'There is no bridge on the way, or nobody counts on it.',
  },
  tc: {
    label: 'Filters (tc)',
    place: 'a tc filter',
    meaning: 'a filter, policer or BPF program of a device dropped them',
    remedy:
      'tc -s filter show dev <device> ingress and egress: which filter drops, and whether its rate or its rule is meant',
    unseen: 'No device on the way has tc filters (clsact or ingress).',
  },
  qdisc: {
    label: 'Queue of the tap',
    place: 'the queue of the tap',
    meaning: 'the rate limit of the tap holds them back until its queue is full',
    remedy:
      'a higher limit or none (libvirt <bandwidth>, Proxmox rate, Neutron QoS), or a longer queue: tc -s qdisc show dev <tap>',
    unseen: 'Counted by Trapline on the host, for taps that have a queueing discipline.',
  },
  tap: {
    label: 'Tap',
    place: 'the tap',
    meaning: 'the guest does not fetch them in time',
    remedy:
      'vCPUs and vhost threads on CPUs of their own, then longer queues (rx_queue_size=1024 of the guest’s NIC, txqueuelen of the tap)',
    unseen:
      'Counted by Trapline on the host, for VMs with a tap or macvtap. vhost-user and passthrough pass it by.',
  },
  guest_nic: {
    label: 'Guest NIC',
    place: 'the guest’s NIC',
    meaning: 'the guest’s driver found no memory or refused them',
    remedy: 'free memory in the guest, and frames longer than its MTU',
    unseen: 'Counted by Trapline inside the guest, joined to the VM by its uuid.',
  },
  guest_softnet: {
    label: 'Guest backlog (softnet)',
    place: 'the guest’s backlog',
    meaning: 'the queue in front of a vCPU was full',
    remedy: 'a higher net.core.netdev_max_backlog in the guest, and more queues on its NIC',
    unseen: 'Counted by Trapline inside the guest, joined to the VM by its uuid.',
  },
  socket: {
    label: 'Capture socket',
    place: 'the capture socket',
    meaning: 'the capture process does not read its buffer in time',
    remedy: 'a larger ring, more capture threads (fanout), and less work for each packet',
    unseen: 'Counted by Trapline inside the guest while something captures there.',
  },
};
