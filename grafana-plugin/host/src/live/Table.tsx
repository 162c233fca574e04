import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useState, type ReactNode } from 'react';

/** How a figure is to be taken. */
export type Tone = 'warn' | 'bad';

export interface Column<T> {
  readonly name: string;
  /** What it means, shown where a pointer rests on its head. */
  readonly meaning: string;
  /** By which the rows are sorted. */
  readonly value: (row: T) => number | null;
  readonly text: (row: T) => string;
  readonly tone?: (row: T) => Tone | undefined;
}

interface Props<T> {
  readonly caption: string;
  readonly rows: readonly T[];
  /** Head of the first column, which names the rows. */
  readonly head: string;
  readonly nameOf: (row: T) => string;
  /** The name as shown, where it is more than text. */
  readonly name?: (row: T) => ReactNode;
  readonly columns: ReadonlyArray<Column<T>>;
}

/** Rows shown until more are asked for. */
const FEW = 12;

/** Rows of figures, sorted by the column that was chosen: the largest first, those not known last. */
export function Table<T>({ caption, rows, head, nameOf, name = nameOf, columns }: Props<T>) {
  const styles = useStyles2(getStyles);
  const [by, setBy] = useState<string>();
  const [all, setAll] = useState(false);
  const column = columns.find((each) => each.name === by);
  const sorted = column ? rows.toSorted((a, b) => (column.value(b) ?? -1) - (column.value(a) ?? -1)) : rows;
  const sort = (each?: string) => ({
    'aria-sort': by === each ? (each ? ('descending' as const) : ('ascending' as const)) : undefined,
  });
  return (
    <>
      <div className={styles.scroll} role="region" aria-label={caption} tabIndex={0}>
        <table className={styles.table}>
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              <th scope="col" {...sort(undefined)}>
                <button type="button" className={styles.head} onClick={() => setBy(undefined)}>
                  {head}
                </button>
              </th>
              {columns.map(({ name: each, meaning }) => (
                <th key={each} scope="col" {...sort(each)}>
                  <button type="button" className={styles.head} title={meaning} onClick={() => setBy(each)}>
                    {each}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(all ? sorted : sorted.slice(0, FEW)).map((row) => (
              <tr key={nameOf(row)}>
                <th scope="row">{name(row)}</th>
                {columns.map(({ name: each, text, tone }) => (
                  <td key={each} className={cx(tone?.(row) && styles[tone(row)!])}>
                    {text(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > FEW && (
        <Button size="sm" fill="text" onClick={() => setAll(!all)}>
          {all ? `Show ${FEW} of ${rows.length}` : `Show all ${rows.length}`}
        </Button>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflowX: 'auto',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  table: css({
    width: '100%',
    fontVariantNumeric: 'tabular-nums',
    'th, td': { padding: theme.spacing(0.75, 2), textAlign: 'right', whiteSpace: 'nowrap' },
    'th:first-child': { textAlign: 'left' },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium },
    'tbody th:first-child': { maxWidth: 320, overflow: 'hidden', textOverflow: 'ellipsis' },
    'thead th': { borderBottom: `1px solid ${theme.colors.border.weak}` },
    'tbody tr + tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    [theme.breakpoints.down('sm')]: { 'th, td': { padding: theme.spacing(0.75, 1) } },
  }),
  head: css({
    padding: 0,
    color: theme.colors.text.secondary,
    background: 'none',
    border: 'none',
    font: 'inherit',
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightRegular,
    cursor: 'pointer',
    '[aria-sort] > &': { color: theme.colors.text.primary },
    '[aria-sort=descending] > &::after': { content: '" ↓"' },
    '&:hover': { color: theme.colors.text.primary },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
  }),
  warn: css({ color: theme.colors.warning.text, fontWeight: theme.typography.fontWeightMedium }),
  bad: css({ color: theme.colors.error.text, fontWeight: theme.typography.fontWeightMedium }),
});
