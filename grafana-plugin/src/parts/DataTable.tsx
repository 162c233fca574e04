import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import type { Capture } from '../capture/capture';
import { dateAndClock, si } from './format';
import { describeMeasures } from './measures';

/** Rows shown at once: enough to read, few enough to stay quick. */
const PAGE = 100;

/** The numbers of the picture as a table, the newest first: for reading, copying, and for those who do not see it. */
export function DataTable({ capture, timeZone }: { readonly capture: Capture; readonly timeZone: string }) {
  const styles = useStyles2(getStyles);
  const [page, setPage] = useState(0);
  const total = capture.intervals.length;
  const pages = Math.max(1, Math.ceil(total / PAGE));
  const shown = Math.min(page, pages - 1);
  const begin = shown * PAGE;
  const rows = capture.intervals.slice(Math.max(0, total - begin - PAGE), total - begin).toReversed();
  const measures = describeMeasures({ x: null, y: null, loss: null }, capture.kind).map(({ label }) => label);
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of the intervals">
        <table className={styles.table}>
          <caption className="sr-only">
            Throughput, cost and loss of {total} intervals, the newest first
          </caption>
          <thead>
            <tr>
              {['Time', 'VM', ...measures, ...capture.classes].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((interval) => (
              <tr key={`${interval.time} ${interval.vm}`}>
                <th scope="row">{dateAndClock(interval.time, timeZone)}</th>
                <td>{interval.vm || 'all'}</td>
                {describeMeasures(interval, capture.kind).map(({ label, value }) => (
                  <td key={label}>{value}</td>
                ))}
                {interval.exits.map((value, i) => (
                  <td key={capture.classes[i]}>{si(value, 'exits/s')}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.pages}>
        <Button size="sm" variant="secondary" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
          Newer
        </Button>
        <span aria-live="polite">
          {total === 0 ? 0 : begin + 1}–{Math.min(total, begin + PAGE)} of {total}
        </span>
        <Button
          size="sm"
          variant="secondary"
          disabled={shown === pages - 1}
          onClick={() => setPage(shown + 1)}
        >
          Older
        </Button>
      </div>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ flex: '1 1 0', minHeight: 0, overflow: 'auto' }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    'th, td': { padding: theme.spacing(0.25, 1), textAlign: 'right', fontWeight: 'normal' },
    'th:first-child, td:nth-child(2), th:nth-child(2)': { textAlign: 'left' },
    'thead th': {
      position: 'sticky',
      top: 0,
      background: theme.colors.background.primary,
      color: theme.colors.text.secondary,
      borderBottom: `1px solid ${theme.colors.border.medium}`,
    },
    'tbody tr:nth-child(even)': { background: theme.colors.background.secondary },
  }),
  pages: css({
    display: 'flex',
    justifyContent: 'flex-end',
    alignItems: 'center',
    gap: theme.spacing(1),
    paddingTop: theme.spacing(0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
