import { describe, expect, it } from 'vitest';
import { ACTIVITIES, classifier, listings, type Activity } from './activities.js';

describe('the listings', () => {
  it.each<[string, string, Activity | undefined]>([
    ['kvm_arch_vcpu_ioctl_run', '', 'guest'],
    ['vmx_do_interrupt_irqoff', 'kvm_intel', 'guest'],
    ['asm_fred_entry_from_kvm', '', 'guest'],
    ['handle_cpuid', 'kvm_intel', 'exit_handling'],
    ['kvm_clock_get_cycles', '', undefined],
    ['_copy_to_iter', '', 'copy'],
    ['tpacket_rcv', 'af_packet', 'capture'],
    ['packet_sendmsg', '', undefined],
    ['br_handle_frame', 'bridge', 'bridging'],
    ['nf_bridge_pre_routing_finish', 'br_netfilter', 'bridging'],
    ['tun_net_xmit', '', 'bridging'],
    ['handle_rx', 'vhost_net', 'vmm'],
    ['handle_rx', '', undefined],
    ['__napi_poll', '', 'polling'],
    ['handle_softirqs', '', 'interrupt'],
  ])('tell of %s in "%s": %s', (name, module, activity) => {
    expect(classifier(listings)(name, module)).toBe(activity);
  });

  it('list nothing as idle or other, which the program finds by itself', () => {
    expect(Object.keys(ACTIVITIES)).toHaveLength(10);
    expect(new Set(listings.map(({ activity }) => activity))).toEqual(
      new Set(Object.keys(ACTIVITIES).filter((each) => each !== 'idle' && each !== 'other')),
    );
  });
});
