import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { percent, perPacket, si } from '../../../src/parts/format';
import { costOf, together, type Summary } from './summary';

/** The last minute in four numbers. */
export function Tiles({ summaries }: { readonly summaries: readonly Summary[] }) {
  const styles = useStyles2(getStyles);
  const all = together(summaries);
  const { packetsPerSecond, loss, exitsPerSecond } = all;
  const cost = costOf(all);
  const tiles = [
    ['Cost per packet', cost.perPacket === null ? '–' : perPacket(cost.perPacket, cost.kind)],
    ['Packets delivered', si(packetsPerSecond, '/s')],
    ['Loss', percent(loss)],
    ['VM exits', si(exitsPerSecond, '/s')],
  ] as const;
  return (
    <dl className={styles.tiles} aria-label="The last minute">
      {tiles.map(([name, value]) => (
        <div key={name} className={styles.tile}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  tiles: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(4, 1fr)',
    gap: theme.spacing(2),
    margin: 0,
    [theme.breakpoints.down('sm')]: { gridTemplateColumns: 'repeat(2, 1fr)', gap: theme.spacing(1) },
  }),
  tile: css({
    padding: theme.spacing(1.25, 2),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  name: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
  }),
  value: css({
    margin: 0,
    fontSize: theme.typography.h2.fontSize,
    lineHeight: 1.3,
    fontWeight: theme.typography.fontWeightMedium,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
});
