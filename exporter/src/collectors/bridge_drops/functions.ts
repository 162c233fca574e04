/**
 * The functions in which bridges drop packets (net/bridge/br_*.c and br_netfilter_hooks.c of 5.13 to 7.3, and netfilter's own
 * nf_hook_slow), by the number that bpf/bridge_drops.bpf.c keeps. A compiler may put one into its caller: then that one is named.
 * Numbers stay while a row of the kernel's table may hold them, so new functions come last.
 */
export const DROP_FUNCTIONS = [
  'br_handle_frame',
  'br_handle_frame_finish',
  '__allowed_ingress',
  'br_allowed_ingress',
  'br_handle_vlan',
  'br_handle_ingress_vlan_tunnel',
  'br_handle_egress_vlan_tunnel',
  'br_forward',
  '__br_forward',
  'br_forward_finish',
  'br_dev_queue_push_xmit',
  'br_flood',
  'br_multicast_flood',
  'deliver_clone',
  'maybe_deliver',
  'maybe_deliver_addr',
  'br_dev_xmit',
  'br_do_proxy_suppress_arp',
  'br_multicast_rcv',
  'br_nf_pre_routing',
  'br_nf_pre_routing_ipv6',
  'br_nf_pre_routing_finish',
  'br_nf_pre_routing_finish_ipv6',
  'br_nf_forward',
  'br_nf_forward_ip',
  'br_nf_forward_arp',
  'br_nf_post_routing',
  'br_nf_dev_queue_xmit',
  'br_nf_hook_thresh',
  'br_ip6_fragment',
  'nf_hook_slow',
  'nf_hook_slow_list',
] as const;

export type DropFunction = (typeof DROP_FUNCTIONS)[number];

const numbers = new Map<string, number>(DROP_FUNCTIONS.map((name, i) => [name, i + 1]));

/** Undefined for any other function. */
export const numberOfFunction = (name: string): number | undefined => numbers.get(name);

/** Undefined for a number that none has. */
export const functionOfNumber = (number: number): DropFunction | undefined => DROP_FUNCTIONS[number - 1];

/** What a row tells of the packets that a bridge dropped. */
export interface Place {
  /** Where in the code: a compiler may have put it into its caller, or turned its last call into a jump from there. */
  function: DropFunction;
  multicast: boolean;
  /** A name of enum skb_drop_reason without its prefix; empty where the kernel gives none. */
  reason: string;
}

/**
 * Packets that no port was to get are no loss: multicast that no port has joined, frames for the bridge itself or of its own
 * protocols, and what comes in a second time at a port that spanning tree keeps closed. Multicast that no port has joined is
 * dropped without a reason before 6.14, and then in the function that forwards.
 */
export function isForNobody({ function: name, multicast, reason }: Place): boolean {
  return (
    FOR_NOBODY.has(reason) ||
    (multicast && (reason === 'NO_TX_TARGET' || (reason === '' && FLOODING.has(name))))
  );
}

const FOR_NOBODY: ReadonlySet<string> = new Set([
  'BRIDGE_INGRESS_STP_STATE',
  'LOCAL_MAC',
  'MAC_IEEE_MAC_CONTROL',
]);

const FLOODING: ReadonlySet<DropFunction> = new Set([
  'br_multicast_flood',
  'br_handle_frame_finish',
  'br_dev_xmit',
] as const);
