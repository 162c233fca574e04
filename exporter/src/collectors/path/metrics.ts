import { counter, gauge } from '../../exposition/metric.js';

const labels = ['stage', 'device', 'vm', 'direction'];

export const packets = counter(
  'trapline_path_packets_total',
  'Packets a stage of the way to the capture carried. stage is nic_hardware (what the NIC itself counts, on most NICs with those that it then lost), nic_driver, softnet (passes through the receive path of the whole machine: a packet that goes up through a bridge passes more than once), bridge (receive is what came in from its ports and from this machine, transmit what it gave out to them, each counted since the exporter started; a flooded packet goes out more than once), tc (filters on the way into and out of a device), qdisc (what was handed over to the device, of devices that have a queueing discipline) or tap; in a guest guest_nic and guest_softnet take the place of nic_driver, for virtio NICs, and softnet. direction is as this machine counts it, so a tap transmits towards its guest (a macvtap, which counts the other way round, is turned to agree). Source: rtnetlink, for taps of VMs the counters of the device behind their open file, /proc/net/softnet_stat, ethtool statistics.',
  labels,
  'The taps of VMs are those of all network namespaces. If a VM has a second one under the same name, its device has the inode number of its namespace behind an @. A macvtap counts a packet before its queue takes or drops it: its packets here are those that the queue took, its bytes those of all. What several devices of this machine count is here once: not what net_failover adds up of its two NICs, not at nic_driver what a virtual function carries for the NIC of Hyper-V (its nic_hardware has it), not the ports of a switch behind a NIC (DSA) and those within one (representors), and none of VLANs, bonds, teams, macvlans and other devices on top of a NIC.',
);
export const bytes = counter(
  'trapline_path_bytes_total',
  'Bytes of the packets of trapline_path_packets_total, with the same labels; softnet, tc and qdisc do not count them.',
  labels,
);
export const drops = counter(
  'trapline_path_drops_total',
  'Packets that a stage of the path lost, with the labels of trapline_path_packets_total.',
  labels,
  'At nic_hardware, receive counts packets for which the NIC or its driver had no buffer; trapline_nic_hardware_info says where that is counted. For virtio NICs nic_driver and guest_nic take its place. At softnet, receive counts packets that found the backlog of a CPU full. At tc it counts packets that filters dropped (policers, action drop, BPF programs of a clsact or ingress qdisc; where both directions have BPF programs all are taken for receive, and TCX programs have no counter). At qdisc it counts packets that a rate limit or a full queue dropped, over all qdiscs of the device since the exporter started, each frame as one, also where it is large. At a tap, transmit counts packets that the guest did not take in time. At every device, the direction away from this machine is tx_dropped. What other drivers, bridges and taps lost on receive is not known, and has no series: see trapline_path_rx_dropped_total.',
);
export const rxDropped = counter(
  'trapline_path_rx_dropped_total',
  'Packets in rx_dropped of a NIC, bridge or tap. No loss figure: most were wanted by no protocol, and captures got them.',
  ['stage', 'device', 'vm'],
  'The kernel counts here every packet that no protocol handler took (__netif_receive_skb_core, since Linux 2.6.37): LLDP, PPPoE, other unknown protocols, and VLAN tags without a VLAN device, even if a capture socket has received it. Some drivers add packets for which they had no buffer (ena, i40e, virtio_net, mlx5_core since 6.14), and tun adds what it could not take from the guest; the counter cannot tell these apart. Packets that found a backlog full are taken out: trapline_path_drops_total has them at softnet. A macvtap is not counted here: what its queue dropped is in its rx_dropped too, and so is loss.',
);
export const queuePackets = gauge(
  'trapline_tap_queue_packets',
  'Packets that wait in the queues of a tap or macvtap for the VM that holds it.',
  ['device', 'vm'],
);
export const queueLimit = gauge(
  'trapline_tap_queue_limit_packets',
  'Packets that fit into the queues of a tap or macvtap of a VM (txqueuelen for each queue). More are dropped.',
  ['device', 'vm'],
);
export const backlog = gauge(
  'trapline_qdisc_backlog_packets',
  'Packets that wait in the queueing discipline of a device; vm is the VM that holds the tap. Source: rtnetlink.',
  ['device', 'vm'],
);
export const squeezed = counter(
  'trapline_softnet_squeezed_total',
  'Rounds of packet polling that ended because the budget or the time was used up, with packets left, on all CPUs. Source: /proc/net/softnet_stat.',
);
export const softnetDrops = counter(
  'trapline_softnet_drops_total',
  'Packets that found the backlog of this CPU full; only CPUs that ever dropped one are there. Source: /proc/net/softnet_stat.',
  ['cpu'],
);
export const invisible = gauge(
  'trapline_path_invisible',
  'Always 1: packets of this device pass the kernel or its counters by, so that their absence elsewhere is not taken for zero.',
  ['vm', 'device', 'reason'],
  'reason is sriov (a virtual function of the NIC device that a VM holds, or the NIC device that lends such functions; see trapline_vf_packets_total), passthrough (a VM holds the whole PCI device), vhost-user (the network device of the VM is served by another process through shared memory; one added to a running VM is not noticed), vdpa (a VM has the queues of this vDPA device), dpdk (a process that is no VM holds the PCI device, through vfio or uio), pf_ring (PF_RING hands packets of the NIC device out before the kernel has them), netmap (the module netmap is loaded and can take any NIC), switchdev (the NIC forwards by itself between this port, its VM and others, by offloaded rules of tc or Open vSwitch), ovs-userspace (Open vSwitch forwards in a process), xdp (an XDP program may drop, redirect or answer packets before any counter but that of the NIC; AF_XDP sockets have one; see trapline_xdp_program_info), namespace (the counters of a tap that the VM holds, in another network namespace, cannot be read: this takes Linux 5.19) or namespace-queue (the counters of such a tap are read, but what its queueing discipline and its tc filters drop is not). RDMA verbs (DPDK on mlx5), and XDP programs and NICs in other network namespaces, are not noticed.',
);
export const xdpProgram = gauge(
  'trapline_xdp_program_info',
  'Always 1, for each XDP program on a network device; mode is driver, generic or hardware, program its id (bpftool prog show id N).',
  ['device', 'mode', 'program'],
);
export const ovsPackets = counter(
  'trapline_ovs_packets_total',
  'Packets that came to a datapath of Open vSwitch in the kernel; flow is hit or missed, which sends them to its process.',
  ['device', 'flow'],
  'Source: generic netlink (ovs_datapath), as `ovs-dpctl show -s` has it; of the network namespace of the exporter.',
);
export const ovsDrops = counter(
  'trapline_ovs_drops_total',
  'Packets that the process of Open vSwitch did not take in time from its datapath in the kernel, and that were lost.',
  ['device'],
  'What its flows drop is not in here: it is meant so. What the ports drop is in the counters of their devices.',
);
export const ovsPortDrops = counter(
  'trapline_ovs_port_drops_total',
  'Packets of trapline_ovs_drops_total by the port that they came from; only ports that lost some. Since Linux 6.3.',
  ['device', 'port'],
);
const ofFunction = ['device', 'vf', 'vm', 'direction'];
export const vfPackets = counter(
  'trapline_vf_packets_total',
  'Packets of a virtual function, as the NIC device that lends it counts them; receive is towards the VM that holds it.',
  ofFunction,
  'vf is the number of the function, vm the VM that holds it through vfio, or empty. There is no series while the driver reports 0 for all functions of the device, as a driver does that counts none, and none where the kernel cannot fit all functions into one answer. Drivers that take long are asked less often, for at most 2 % of the time. Source: rtnetlink (IFLA_VF_STATS), as `ip -s link show <device>` has it.',
);
export const vfBytes = counter(
  'trapline_vf_bytes_total',
  'Bytes of the packets of trapline_vf_packets_total, with the same labels.',
  ofFunction,
);
export const vfDrops = counter(
  'trapline_vf_drops_total',
  'Packets that the NIC dropped before or after a virtual function, with the labels of trapline_vf_packets_total.',
  ofFunction,
  'Which drops a NIC counts here depends on its driver: receive buffers that the VM did not refill in time (i40e, ice), or filters of the switch in the NIC (mlx5_core).',
);
export const nicHardwareInfo = gauge(
  'trapline_nic_hardware_info',
  'Always 1. Where the loss of a NIC at nic_hardware is counted: drops is driver, standard, none (nowhere) or unknown (maybe incomplete).',
  ['device', 'driver', 'drops'],
);
export const nicHardwareAge = gauge(
  'trapline_nic_hardware_age_seconds',
  'Time since the driver of a NIC was last asked for its counters; +Inf before the first time. Above 0 where slow drivers take turns.',
  ['device'],
);
export const hopInfo = gauge(
  'trapline_path_hop_info',
  'Always 1, for each device on the way of packets to a tap of a VM; hop is its distance from the tap, which is 0.',
  ['vm', 'tap', 'hop', 'kind', 'device', 'direction', 'next'],
  'Devices with the same hop are in parallel. next is the device that follows towards the VM. direction is how the device counts what goes to the VM, as in trapline_path_packets_total: a tap, and the outer end of a veth pair, transmit it. kind is tap, macvtap, nic, or the type of the device as its driver calls it (bridge, veth, vlan, vxlan, bond, openvswitch). A row without a device says where the way ends if not at a NIC: host (the stack of this host sends the packets, or the bridge has no uplink), namespace (it goes on in another network namespace) or unknown (a tunnel without a device, a device that is gone, more than 16 hops or 64 devices). Of the ports of a bridge those are on the way that lead to a NIC or into a tunnel; where there is none, the only one that is neither a tap nor leads to nothing. Found from what rtnetlink says of the devices of the exporter’s network namespace: OVS flows and patch ports, tc redirection and routes are not followed, and a tap in another namespace has only its hop 0. They come last within --max-series.',
);
