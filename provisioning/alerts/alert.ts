/** An alert, told once; `prometheus.ts` and `grafana.ts` write it in the form each product reads. */
export interface Alert {
  name: string;
  severity: 'warning' | 'critical';
  /** Yields the judged value, only where it can be judged. Uses recorded names. */
  value: string;
  /** Fires while the value is above it. */
  threshold: number;
  /** How long the value must stay above the threshold before anyone is told. */
  for: string;
  /** How long the alert outlives its cause, so that loss in bursts is one alert and not twenty. */
  keepFiringFor: string;
  /** The exporter itself does not answer while the alert fires. */
  silent?: boolean;
  summary: (template: AlertTemplate) => string;
  description: (template: AlertTemplate) => string;
}

/** How one product writes a label and the judged value into a text. */
export interface AlertTemplate {
  label: (name: string) => string;
  /** The label with what stands before and after it, or nothing where it is empty. */
  optional: (before: string, name: string, after: string) => string;
  /** The value as a percentage, as a number with an SI prefix, and with one decimal. */
  percentage: string;
  number: string;
  decimal: string;
  /** The instance of an exporter that can be scraped, where there is one; a product that cannot find it writes the alert's. */
  answering: string;
}

/**
 * The section of the runbook about an alert.
 * @param base URL of the runbook; without it the page of the exporter that the alert is about.
 */
export const runbookOf = (
  { name, silent }: Pick<Alert, 'name' | 'silent'>,
  { label, answering }: AlertTemplate,
  base = `http://${silent ? answering : label('instance')}/runbook`,
): string => `${base}#${name.toLowerCase()}`;

/**
 * Fewer packets in the minute than this are not judged: ten lost ARP requests are not an outage. Netdata draws the same
 * line. As a rate, in packets per second.
 */
export const JUDGED_RATE = '10000 / 60';

/** Where something happened: the VM if there is one, and the machine. */
export const where = ({ label, optional }: AlertTemplate): string =>
  `${optional('', 'vm', ' on ')}${label('instance')}`;

const UNITS = { s: 1, m: 60, h: 3600 } as const;

/** What `for` and `keepFiringFor` mean, in seconds. */
export const secondsOf = (duration: string): number =>
  Number(duration.slice(0, -1)) * UNITS[duration.at(-1) as keyof typeof UNITS];
