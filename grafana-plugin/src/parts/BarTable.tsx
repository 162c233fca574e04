import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { Fragment, type ReactNode } from 'react';
import { Scale, type Tick } from './Lane';

/** A thing with a bar and its numbers. */
export interface BarRow {
  readonly id: string;
  readonly label: string;
  /** Rows of one group follow each other below its heading; without one there is no heading. */
  readonly group?: string;
  readonly lane: ReactNode;
  readonly cells: readonly string[];
  /** Stands back, as what is not known. */
  readonly faint?: boolean;
  /** How many cells at the end warn. */
  readonly alarms?: number;
}

interface Props {
  readonly caption: string;
  readonly labelTitle: string;
  /** Of the cells. */
  readonly titles: readonly string[];
  readonly rows: readonly BarRow[];
  readonly ticks: readonly Tick[];
  /** Stand above the bars. */
  readonly marks?: readonly Tick[];
  /** Pixels a bar is high. */
  readonly thickness: number;
  /** Bars stand below their labels instead of beside them. */
  readonly narrow: boolean;
  /** A single row is never chosen: there is nothing to choose from. */
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** The element that tells more of the chosen row. */
  readonly about?: string;
}

/** Bars to one scale with their numbers: a table for those who do not see the bars. A row can be chosen to read more. */
export function BarTable(props: Props) {
  const { caption, labelTitle, titles, rows, ticks, marks = [], narrow, onChoose } = props;
  const styles = useStyles2(getStyles, props.thickness);
  const chosen = rows.length > 1 ? props.chosen : undefined;
  const above = marks.length > 0 && <Scale ticks={marks} />;
  const below = <Scale ticks={ticks} />;
  return (
    <table className={styles.table}>
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">
            {labelTitle}
            {narrow && above}
          </th>
          {!narrow && (
            <td aria-hidden="true" className={styles.laneCell}>
              {above}
            </td>
          )}
          {titles.map((title) => (
            <th key={title} scope="col" className={styles.number}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <Fragment key={row.id}>
            {row.group && row.group !== rows[i - 1]?.group && (
              <tr>
                <th scope="rowgroup" colSpan={titles.length + (narrow ? 1 : 2)} className={styles.group}>
                  {row.group}
                </th>
              </tr>
            )}
            <tr
              className={cx(
                rows.length > 1 && styles.choice,
                styles.row,
                row.faint && styles.faint,
                row.id === chosen && styles.chosen,
              )}
              onClick={() => onChoose(row.id)}
            >
              <th scope="row" className={narrow ? styles.stacked : styles.beside}>
                {rows.length > 1 ? (
                  <button
                    type="button"
                    className={styles.label}
                    aria-pressed={row.id === chosen}
                    aria-describedby={row.id === chosen ? props.about : undefined}
                  >
                    {row.label}
                  </button>
                ) : (
                  row.label
                )}
                {narrow && <div className={styles.lane}>{row.lane}</div>}
              </th>
              {!narrow && (
                <td aria-hidden="true" className={styles.laneCell}>
                  <div className={styles.lane}>{row.lane}</div>
                </td>
              )}
              <Cells row={row} titles={titles} thickness={props.thickness} />
            </tr>
          </Fragment>
        ))}
      </tbody>
      <tfoot aria-hidden="true">
        <tr>
          <td>{narrow && below}</td>
          {!narrow && <td className={styles.laneCell}>{below}</td>}
          <td colSpan={titles.length} />
        </tr>
      </tfoot>
    </table>
  );
}

interface CellsProps {
  readonly row: BarRow;
  readonly titles: readonly string[];
  readonly thickness: number;
}

/** The numbers of a row; one cell instead of several stands across all columns. */
function Cells({ row: { cells, alarms = 0 }, titles, thickness }: CellsProps) {
  const styles = useStyles2(getStyles, thickness);
  const span = titles.length - cells.length + 1;
  return cells.map((cell, i) => (
    <td
      key={titles[i]}
      colSpan={i === 0 ? span : 1}
      className={cx(styles.number, i >= cells.length - alarms && styles.alarm)}
    >
      {cell}
    </td>
  ));
}

const getStyles = (theme: GrafanaTheme2, thickness: number) => ({
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    'th, td': {
      padding: theme.spacing(0, 1),
      height: thickness + 8,
      fontWeight: theme.typography.fontWeightRegular,
      textAlign: 'left',
      whiteSpace: 'nowrap',
    },
    'thead th, thead td, tfoot td': { height: 'auto', color: theme.colors.text.secondary },
    'thead th': { paddingBottom: theme.spacing(0.25) },
  }),
  number: css({ '&&': { textAlign: 'right', width: '1%' } }),
  group: css({
    '&&': {
      height: 'auto',
      padding: theme.spacing(0.75, 1, 0.25),
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightMedium,
    },
  }),
  choice: css({ cursor: 'pointer', '&:hover': { background: theme.colors.background.secondary } }),
  row: css({
    '& > :first-child': { borderLeft: '2px solid transparent' },
  }),
  chosen: css({
    background: theme.colors.background.secondary,
    '& > :first-child': { borderLeftColor: theme.colors.primary.border },
  }),
  faint: css({ color: theme.colors.text.secondary }),
  alarm: css({ color: theme.colors.error.text }),
  beside: css({ '&&': { width: '1%' } }),
  // No width of its own: it takes what the numbers leave, and cuts its label.
  stacked: css({ '&&': { width: '100%', maxWidth: 0, padding: theme.spacing(0.5, 1) } }),
  label: css({
    padding: 0,
    border: 'none',
    background: 'none',
    color: 'inherit',
    font: 'inherit',
    textAlign: 'left',
    display: 'block',
    maxWidth: '18em',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
  }),
  laneCell: css({ '&&': { padding: 0 } }),
  lane: css({ position: 'relative', height: thickness }),
});
