import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

export interface LegendItem {
  readonly label: string;
  /** Without one there is no mark. */
  readonly color?: string;
  readonly mark?: 'line' | 'dashes' | 'square';
  /** Numbers that belong to it. */
  readonly detail?: string;
  /** Shows and hides what it stands for. */
  readonly onToggle?: () => void;
  readonly hidden?: boolean;
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
        {items.map((item) => (
          <li key={item.label}>
            {item.onToggle ? (
              <button
                type="button"
                className={cx(styles.item, styles.button)}
                aria-pressed={!item.hidden}
                title={item.hidden ? `Show ${item.label}` : `Hide ${item.label}`}
                onClick={item.onToggle}
              >
                <Content {...item} />
              </button>
            ) : (
              <span className={styles.item}>
                <Content {...item} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Content({ label, color, mark, detail, hidden }: LegendItem) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {color && <Mark color={color} shape={mark ?? 'square'} hollow={hidden ?? false} />}
      {label}
      {detail && !hidden && <span className={styles.detail}>{detail}</span>}
    </>
  );
}

interface MarkProps {
  readonly color: string;
  readonly shape: NonNullable<LegendItem['mark']>;
  readonly hollow: boolean;
}

function Mark({ color, shape, hollow }: MarkProps) {
  const styles = useStyles2(getStyles);
  if (shape === 'dashes' && !hollow) {
    return (
      <svg width={14} height={3} aria-hidden>
        <path d="M0 1.5h14" stroke={color} strokeWidth={3} strokeDasharray="4 1" />
      </svg>
    );
  }
  return (
    <span
      className={cx(styles.square, shape !== 'square' && styles.line, hollow && styles.hollow)}
      style={hollow ? {} : { background: color }}
    />
  );
}

/** What the steps of a ramp mean, from little to much. */
export function Ramp(props: {
  readonly colors: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly meaning: string;
}) {
  const styles = useStyles2(getStyles);
  return (
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
    alignItems: 'center',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  }),
  item: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.75), whiteSpace: 'nowrap' }),
  button: css({
    border: 'none',
    padding: 0,
    background: 'none',
    color: 'inherit',
    font: 'inherit',
    borderRadius: theme.shape.radius.default,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
    '&:hover': { color: theme.colors.text.primary },
  }),
  square: css({ width: 10, height: 10, borderRadius: 2, flex: 'none' }),
  line: css({ width: 14, height: 3, borderRadius: 2 }),
  hollow: css({ boxShadow: `inset 0 0 0 1px ${theme.colors.text.secondary}` }),
  detail: css({ color: theme.colors.text.primary }),
  ramp: css({ width: 120, height: 8, borderRadius: 4 }),
});
