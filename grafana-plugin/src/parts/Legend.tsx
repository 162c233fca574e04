import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly mark: 'line' | 'square';
  /** Numbers that belong to it. */
  readonly detail?: string;
}

/** What the colours mean. `before` stands in front of the items. */
export function Legend({
  items,
  before,
}: {
  readonly items: readonly LegendItem[];
  readonly before?: ReactNode;
}) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      {before}
      <ul className={styles.list} aria-label="Legend">
        {items.map(({ label, color, mark, detail }) => (
          <li key={label} className={styles.item}>
            <span
              className={cx(styles.square, mark === 'line' && styles.line)}
              style={{ background: color }}
            />
            {label}
            {detail && <span className={styles.detail}>{detail}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the steps of a ramp mean, from little to much. */
export function RampLegend(props: {
  readonly colors: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly meaning: string;
  readonly before?: ReactNode;
}) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      {props.before}
      <span
        className={styles.item}
        role="img"
        aria-label={`${props.meaning}: colours from ${props.from} to ${props.to}`}
      >
        {props.from}
        <span
          className={styles.ramp}
          style={{ background: `linear-gradient(to right, ${props.colors.join(', ')})` }}
        />
        {props.to}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.5, 2),
    padding: theme.spacing(0.5, 0.5, 0),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    maxHeight: '40%',
    overflowY: 'auto',
  }),
  list: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  }),
  item: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.75), whiteSpace: 'nowrap' }),
  square: css({ width: 10, height: 10, borderRadius: 2, flex: 'none' }),
  line: css({ width: 14, height: 3, borderRadius: 2 }),
  detail: css({ color: theme.colors.text.primary }),
  ramp: css({ width: 120, height: 8, borderRadius: 4 }),
});
