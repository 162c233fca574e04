/** A series that Prometheus computes from others and keeps, so that dashboards and alerts agree on one figure. */
export interface RecordingRule {
  /** `level:metric:operations`: the labels that are left, what is measured, and how. */
  record: string;
  expr: string;
  /** Labels that tell apart the rules which record the same series. */
  labels?: Readonly<Record<string, string>>;
  /** Meaning and unit, as a comment in the generated file. */
  help: string;
}

/**
 * All rates are taken over one minute: a ratio over the life of a VM hides bursts (a lifetime loss of 1 % can hold half
 * a minute of 40 %), and a shorter window would hold too few packets to judge.
 */
export function rateBy(labels: string, selector: string): string {
  return `sum by (${labels}) (rate(${selector}[1m]))`;
}
