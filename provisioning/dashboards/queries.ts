import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';

/** What the variables at the top of a dashboard choose. */
export const onHost = 'instance=~"$host"';
/** `vm!=""` leaves out what belongs to no VM. */
export const ofVm = `${onHost},vm=~"$vm",vm!=""`;
/** The VMs, and what their host does before it knows whose packet it has. */
export const ofVmAndHost = `${onHost},vm=~"$vm|"`;

/** The tap's transmit side is what the host hands to the guest. */
const towardsGuest = `stage="tap",direction="transmit",${ofVm}`;

/** Rate per second of a counter, summed by the given labels. */
export function rate(metric: string, by: string, matchers = ofVm): string {
  return `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`;
}

/** The same of the chosen hosts, whatever it belongs to; `more` matchers begin with a comma. */
export const all = (metric: string, by: string, more = '') => rate(metric, by, `${onHost}${more}`);

/** What the rules recorded, of what the variables choose. */
export function recorded(record: string, by: string, matchers = ofVm): string {
  return `sum by (${by}) (${record}{${matchers}})`;
}

export const delivered = (by: string) => rate('trapline_path_packets_total', by, towardsGuest);
export const dropped = (by: string) => rate('trapline_path_drops_total', by, towardsGuest);
export const lossRatio = (by: string) => `${dropped(by)} / (${delivered(by)} + ${dropped(by)} > 0)`;

/** Seconds per second spent on exits by kernel and VMM; waiting for a CPU or for work is not cost. */
export const exitCost = (by: string) =>
  rate('trapline_vm_exit_seconds_total', by, `state=~"kernel|vmm",${ofVm}`);

const stages = (record: 'carried' | 'dropped') =>
  `max by (vm, stage, device) (sum by (vm, stage, device, process, container) (instance_vm_stage_device_process_container:trapline_${record}:rate1m{${ofVmAndHost}}))`;

/** Of the devices between the tap and the wire; taps of one VM may share them. */
const hops = (record: 'offered' | 'dropped') =>
  `max by (instance, vm, stage, hop, device) (instance_vm_tap_hop_stage_device:trapline_${record}:rate1m{${ofVm},hop!="0"})`;

/**
 * Packets a second at each stage; of several processes that capture the same, the one that captures most. Devices on the way to a VM
 * are its own, with their hop.
 */
export const byStage = {
  carried: `${stages('carried')} or ${hops('offered')} - ${hops('dropped')}`,
  dropped: `${stages('dropped')} or ${hops('dropped')}`,
} as const;

/**
 * What is recorded of each hop on the way to the chosen VMs, and of each stage that no hop counts: those inside the VM, and the
 * receive path of its host.
 */
export const alongTheWay = (hop: string, stage: string, by: string) =>
  `${recorded(hop, `instance, vm, tap, hop, ${by}`)} or (${recorded(stage, `instance, vm, ${by}`, ofVmAndHost)}` +
  ` unless on (instance, stage) ${recorded(hop, 'instance, stage')})`;

/** A series over the time range of the dashboard. */
export function range(refId: string, expr: string, legend: string): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range();
}

/** The buckets of a histogram as one frame, which is what the heatmap draws. */
export function buckets(refId: string, expr: string): prometheus.DataqueryBuilder {
  return range(refId, expr, '{{le}}').format(prometheus.PromQueryFormat.Heatmap);
}

/** The value of now, a row for each set of labels. */
export function nowTable(refId: string, expr: string): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(refId)
    .expr(expr)
    .format(prometheus.PromQueryFormat.Table)
    .instant();
}
