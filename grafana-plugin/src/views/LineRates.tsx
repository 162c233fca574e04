import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useId } from 'react';
import type { Spending } from '../capture/spending';
import { cpus, nanoseconds } from '../parts/format';
import { budgetAt, cpusAt, FRAMES, LINKS, packetsAt, type LineRate } from './lineRate';

interface Props {
  readonly one: Spending;
  /** The one that the sentence and the dashed line speak of. */
  readonly line: LineRate;
  /** Leaves out the budgets. */
  readonly narrow: boolean;
  readonly onLine: (line: LineRate) => void;
}

/** How many CPUs full links would take, for every link and frame size: which of them this VM could bear. */
export function LineRates({ one, line, narrow, onLine }: Props) {
  const styles = useStyles2(getStyles);
  const title = useId();
  return (
    <>
      <p id={title} className={styles.title}>
        CPUs that {one.vm || 'the capture'} would need at line rate
        {narrow ? '' : ', and what one CPU has for a packet'}
      </p>
      <table className={styles.table} aria-labelledby={title}>
        <thead>
          <tr>
            <td />
            {FRAMES.map((frame) => (
              <th key={frame} scope="col">
                {frame} B
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LINKS.map((link) => (
            <tr key={link}>
              <th scope="row">{link} Gbit/s</th>
              {FRAMES.map((frame) => {
                const rate = packetsAt({ link, frame });
                const needed = cpusAt(rate, one.ns);
                const pressed = link === line.link && frame === line.frame;
                return (
                  <td key={frame}>
                    <button
                      type="button"
                      className={cx(styles.cell, needed <= one.cores && styles.fits)}
                      aria-pressed={pressed}
                      onClick={() => onLine({ link, frame })}
                    >
                      <span className={styles.needed}>{cpus(needed)}</span>
                      {!narrow && <span className={styles.ns}>{nanoseconds(budgetAt(rate, 1))}</span>}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: `calc(100% - ${theme.spacing(1)})`,
    maxWidth: 720,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    borderCollapse: 'separate',
    borderSpacing: 2,
    'th, td': { padding: 0, fontWeight: theme.typography.fontWeightRegular, textAlign: 'right' },
    th: { padding: theme.spacing(0, 1), color: theme.colors.text.secondary, whiteSpace: 'nowrap' },
  }),
  title: css({
    margin: theme.spacing(1, 1, 0),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  cell: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'baseline',
    gap: theme.spacing(1),
    width: '100%',
    padding: theme.spacing(0.25, 1),
    border: '1px solid transparent',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    color: theme.colors.text.primary,
    font: 'inherit',
    whiteSpace: 'nowrap',
    '&:hover': { background: theme.colors.action.hover },
    '&[aria-pressed="true"]': { borderColor: theme.colors.primary.border },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
  }),
  fits: css({ background: theme.colors.success.transparent, color: theme.colors.success.text }),
  needed: css({ minWidth: '3em', textAlign: 'right' }),
  ns: css({ color: theme.colors.text.secondary }),
});
