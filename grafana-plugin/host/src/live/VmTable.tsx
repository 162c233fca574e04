import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { percent, perPacket, si } from '../../../src/parts/format';
import { costOf, type Summary } from './summary';

interface Props {
  readonly summaries: readonly Summary[];
  readonly only: string | undefined;
  readonly onOnly: (vm: string | undefined) => void;
}

/** Every VM over the last minute; choosing one shows it alone. */
export function VmTable({ summaries, only, onOnly }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.scroll} role="region" aria-label="Virtual machines" tabIndex={0}>
      <table className={styles.table}>
        <caption className="sr-only">Virtual machines over the last minute</caption>
        <thead>
          <tr>
            <th scope="col">VM</th>
            <th scope="col">Packets/s</th>
            <th scope="col">Loss</th>
            <th scope="col">Exits/s</th>
            <th scope="col">Cost/packet</th>
          </tr>
        </thead>
        <tbody>
          {summaries.map((summary) => (
            <Row
              key={summary.vm}
              summary={summary}
              chosen={summary.vm === only}
              onChoose={() => onOnly(summary.vm === only ? undefined : summary.vm)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly summary: Summary;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Row({ summary, chosen, onChoose }: RowProps) {
  const styles = useStyles2(getStyles);
  const cost = costOf(summary);
  return (
    <tr>
      <th scope="row">
        <button type="button" className={styles.pick} aria-pressed={chosen} onClick={onChoose}>
          {summary.vm}
        </button>
      </th>
      <td>{si(summary.packetsPerSecond)}</td>
      <td>{percent(summary.loss)}</td>
      <td>{si(summary.exitsPerSecond)}</td>
      <td>{cost.perPacket === null ? '–' : perPacket(cost.perPacket, cost.kind)}</td>
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflowX: 'auto',
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  table: css({
    width: '100%',
    fontVariantNumeric: 'tabular-nums',
    'th, td': { padding: theme.spacing(0.75, 2), textAlign: 'right', whiteSpace: 'nowrap' },
    'th:first-child': { textAlign: 'left' },
    'thead th': {
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: 'normal',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    'tbody tr + tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    [theme.breakpoints.down('sm')]: { 'th, td': { padding: theme.spacing(0.75, 1) } },
  }),
  pick: css({
    padding: 0,
    color: theme.colors.text.link,
    background: 'none',
    border: 'none',
    font: 'inherit',
    fontWeight: theme.typography.fontWeightMedium,
    cursor: 'pointer',
    '&[aria-pressed=true]': { textDecoration: 'underline', textUnderlineOffset: 4 },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
  }),
});
