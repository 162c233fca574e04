import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';

/** What the variables at the top of the dashboard choose; `vm!=""` leaves out what belongs to no VM. */
const chosen = 'instance=~"$host",vm=~"$vm",vm!=""';

/** The tap's transmit side is what the host hands to the guest. */
const towardsGuest = `stage="tap",direction="transmit",${chosen}`;

/** Rate per second of a counter of the chosen VMs, summed by the given labels. */
export function rate(metric: string, by: string, matchers = chosen): string {
  return `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`;
}

export const delivered = (by: string) => rate('trapline_path_packets_total', by, towardsGuest);
export const dropped = (by: string) => rate('trapline_path_drops_total', by, towardsGuest);
export const lossRatio = (by: string) => `${dropped(by)} / (${delivered(by)} + ${dropped(by)} > 0)`;

/** Seconds per second spent on exits by kernel and VMM; waiting for a CPU or for work is not cost. */
export const exitCost = (by: string) =>
  rate('trapline_vm_exit_seconds_total', by, `state=~"kernel|vmm",${chosen}`);

/** The given rate for each packet delivered to the VM; absent where nothing is delivered. */
export const perPacket = (expr: string) => `${expr} / (${delivered('instance, vm')} > 0)`;

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
