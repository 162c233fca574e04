import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

/** The dashboards and the uid each is found by. */
export const UIDS = {
  fleet: 'trapline-fleet',
  appliance: 'trapline-appliance',
  host: 'trapline-host',
  experiment: 'trapline-experiment',
  trapline: 'trapline-itself',
} as const;

export type Destination = keyof typeof UIDS;

const TITLES: Readonly<Record<Destination, string>> = {
  fleet: 'Fleet: all hosts and VMs',
  appliance: 'Appliance: one VM',
  host: 'Host: NICs, interrupts and CPUs',
  experiment: 'Experiment: the run that goes on',
  trapline: 'Trapline itself',
};

const kept = '${datasource:queryparam}&${__url_time_range}';

/** A link to another dashboard at the same time, with the same hosts chosen. */
export function onward(to: Destination): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(TITLES[to])
    .type(dashboard.DashboardLinkType.Link)
    .url(`/d/${UIDS[to]}?${kept}&\${host:queryparam}`);
}

type Subject = 'appliance' | 'host';

/** A link from a row of a table to the VM, or the host, that it is about. */
export const aboutRow = (to: Subject) => about(to, (label) => `\${__data.fields.${label}:percentencode}`);

/** The same from a line of a graph. */
export const aboutSeries = (to: Subject) => about(to, (label) => `\${__field.labels.${label}:percentencode}`);

function about(to: Subject, label: (name: string) => string): { title: string; url: string } {
  const vm = to === 'appliance' ? `&var-vm=${label('vm')}` : '';
  return { title: TITLES[to], url: `/d/${UIDS[to]}?${kept}&var-host=${label('instance')}${vm}` };
}
