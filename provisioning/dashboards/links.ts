import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

/** The dashboards and the uid each is found by. */
export const UIDS = {
  fleet: 'trapline-fleet',
  appliance: 'trapline-appliance',
  host: 'trapline-host',
  trapline: 'trapline-itself',
} as const;

export type Destination = keyof typeof UIDS;

const TITLES: Readonly<Record<Destination, string>> = {
  fleet: 'Fleet: all hosts and VMs',
  appliance: 'Appliance: one VM',
  host: 'Host: NICs, interrupts and CPUs',
  trapline: 'Trapline itself',
};

const kept = '${datasource:queryparam}&${__url_time_range}';

/** A link to another dashboard at the same time, with the same hosts chosen. */
export function onward(to: Destination): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(TITLES[to])
    .type(dashboard.DashboardLinkType.Link)
    .url(`/d/${UIDS[to]}?${kept}&\${host:queryparam}`);
}

/** A link from a series or a table row to the VM, or the host, that it is about. */
export function aboutRow(to: 'appliance' | 'host'): { title: string; url: string } {
  const host = 'var-host=${__field.labels.instance}${__data.fields.instance}';
  const vm = 'var-vm=${__field.labels.vm}${__data.fields.vm}';
  return {
    title: TITLES[to],
    url: `/d/${UIDS[to]}?${kept}&${host}${to === 'appliance' ? `&${vm}` : ''}`,
  };
}
