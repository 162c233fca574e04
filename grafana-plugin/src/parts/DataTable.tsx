import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import type { Table } from './table';

/** Rows shown at once: enough to read, few enough to stay quick. */
const PAGE = 100;

/** The numbers of the picture: for reading, copying, and for those who do not see it. */
export function DataTable({ table: { caption, columns, count, row } }: { readonly table: Table }) {
  const styles = useStyles2(getStyles);
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(count / PAGE));
  const shown = Math.min(page, pages - 1);
  const begin = shown * PAGE;
  const end = Math.min(count, begin + PAGE);
  const alignment = columns.map(({ words }) => (words ? styles.words : undefined));
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
        <table className={styles.table}>
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title }, i) => (
                <th key={title} scope="col" className={alignment[i]}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: end - begin }, (_, i) => {
              const [head, ...cells] = row(begin + i);
              return (
                <tr key={begin + i}>
                  <th scope="row" className={alignment[0]}>
                    {head!.text}
                  </th>
                  {cells.map(({ text }, column) => (
                    <td key={columns[column + 1]!.title} className={alignment[column + 1]}>
                      {text}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <div className={styles.pages}>
          <Button size="sm" variant="secondary" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
            Previous
          </Button>
          <span aria-live="polite">
            {begin + 1}–{end} of {count}
          </span>
          <Button size="sm" variant="secondary" disabled={end === count} onClick={() => setPage(shown + 1)}>
            Next
          </Button>
        </div>
      )}
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
    'thead th': {
      position: 'sticky',
      top: 0,
      background: theme.colors.background.primary,
      color: theme.colors.text.secondary,
      borderBottom: `1px solid ${theme.colors.border.medium}`,
    },
    'tbody tr:nth-child(even)': { background: theme.colors.background.secondary },
  }),
  words: css({ '&&&': { textAlign: 'left' } }),
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
