import { cpu_activity } from '../../kernel/index.js';
import type { Classifier } from '../kernel_code/ranges.js';

/** What a CPU can be at, as exported in the label `activity`, and its number in bpf/cpu_activity.h. */
export const ACTIVITIES = {
  guest: cpu_activity.ACTIVITY_GUEST,
  exit_handling: cpu_activity.ACTIVITY_EXIT_HANDLING,
  interrupt: cpu_activity.ACTIVITY_INTERRUPT,
  polling: cpu_activity.ACTIVITY_POLLING,
  copy: cpu_activity.ACTIVITY_COPY,
  bridging: cpu_activity.ACTIVITY_BRIDGING,
  capture: cpu_activity.ACTIVITY_CAPTURE,
  vmm: cpu_activity.ACTIVITY_VMM,
  other: cpu_activity.ACTIVITY_OTHER,
  idle: cpu_activity.ACTIVITY_IDLE,
} as const;

export type Activity = keyof typeof ACTIVITIES;

/** Kernel code that belongs to an activity. A name may hold `*` for any further characters. */
export interface Listing {
  activity: Activity;
  /** Every function of these modules, where they are modules. */
  modules?: readonly string[];
  /** Functions wherever they are. */
  functions?: readonly string[];
}

/**
 * The whole classification of kernel code: the first listing that has a function decides, and of a stack the innermost
 * listed function. Names are those of 5.13 to 6.18.
 */
export const listings: readonly Listing[] = [
  {
    // Where interrupts are let in after the guest: AMD opens a window in vcpu_enter_guest(), which compilers put into its
    // callers; Intel calls the handler by itself.
    activity: 'guest',
    functions: [
      'vcpu_enter_guest',
      'vcpu_run',
      'kvm_arch_vcpu_ioctl_run',
      'vmx_do_*_irqoff',
      '*fred_entry_from_kvm',
      '*vmx_vcpu_run',
      '*svm_vcpu_run',
      '*vcpu_enter_exit',
    ],
  },
  {
    // All that KVM does itself: exits, emulation, injection, polling for a halted guest. Where KVM is built in, its ways in
    // are enough: they are on the stack of whatever it does.
    activity: 'exit_handling',
    modules: ['kvm', 'kvm_intel', 'kvm_amd', 'kvm_pvm'],
    functions: ['kvm_arch_vcpu_*', 'kvm_vcpu_*', 'kvm_vm_ioctl', 'kvm_mmu_*', 'irqfd_*', 'ioeventfd_write'],
  },
  {
    activity: 'copy',
    functions: [
      'memcpy*',
      '__memcpy*',
      'memmove',
      '__memmove',
      '*copy_to_user*',
      '*copy_from_user*',
      '*copy_to_iter*',
      '*copy_from_iter*',
      'copy_user_*',
      '__copy_user_*',
      'copyin',
      'copyout',
      'rep_movs_alternative',
      'copy_mc_*',
      'copy_page*',
      'csum_partial_copy_*',
      'csum_and_copy_*',
      'skb_copy_*',
      '__skb_datagram_iter',
      'skb_store_bits',
      '*zerocopy_sg_from_iter',
    ],
  },
  {
    activity: 'capture',
    modules: ['pf_ring'],
    functions: [
      'packet_rcv*',
      'tpacket_rcv',
      'packet_recvmsg',
      'packet_poll',
      'fanout_*',
      'prb_*',
      'dev_queue_xmit_nit',
      'xsk_*',
      '__xsk_*',
    ],
  },
  {
    activity: 'bridging',
    modules: ['bridge', 'br_netfilter', 'openvswitch', 'macvlan', 'macvtap', 'ipvlan', 'tap', 'tun', 'veth'],
    functions: [
      'br_*',
      '__br_*',
      'ovs_*',
      'macvlan_*',
      'macvtap_*',
      'ipvlan_*',
      'tap_*',
      'tun_*',
      '__tun_*',
      'veth_*',
    ],
  },
  {
    // vhost is the part of the virtual devices that lives in the kernel.
    activity: 'vmm',
    modules: ['vhost', 'vhost_net', 'vhost_iotlb', 'vhost_vsock', 'vringh'],
    functions: ['vhost_*'],
  },
  {
    activity: 'polling',
    functions: [
      'net_rx_action',
      'net_tx_action',
      '*napi_poll*',
      '*napi_threaded_poll*',
      '*napi_busy_loop*',
      'process_backlog',
    ],
  },
  {
    // Interrupts are off in a handler, so that its time is met where the softirqs after it let them in again.
    activity: 'interrupt',
    functions: [
      'handle_softirqs',
      '__do_softirq',
      'do_softirq',
      'irq_exit_rcu',
      '__irq_exit_rcu',
      'run_ksoftirqd',
      'irq_thread*',
      'irq_forced_thread_fn',
    ],
  },
];

/** Makes a function that tells the activity of a function by its name and module. */
export function classifier(table: readonly Listing[]): Classifier<Activity> {
  const rules = table.map(({ activity, modules = [], functions = [] }) => ({
    activity,
    modules: new Set(modules),
    names: new RegExp(`^(?:${functions.map((name) => name.replaceAll('*', '.*')).join('|') || '(?!)'})$`),
  }));
  return (name, module) =>
    rules.find(({ modules, names }) => modules.has(module) || names.test(name))?.activity;
}
