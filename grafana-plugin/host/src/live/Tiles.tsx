import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { perPacket } from '../../../src/parts/format';
import { measureColors } from '../../../src/parts/palette';
import { toneOf } from './columns';
import type { Growth } from './history';
import { count, share } from './numbers';
import { Spark } from './Spark';
import type { About } from './subjects';
import { costOf, summaries, summarize, type Summary } from './summary';

interface Props {
  readonly growths: readonly Growth[];
  readonly about: About;
}

interface Tile {
  readonly name: string;
  readonly text: (summary: Summary) => string;
  readonly value: (summary: Summary) => number | null;
  readonly color: string;
}

/** The last minute in four numbers, each with its course. */
export function Tiles({ growths, about }: Props) {
  const styles = useStyles2(getStyles);
  const tiles = useTiles('machine' in about);
  const minute = summarize(growths, about);
  const course = summaries(growths, about);
  return (
    <dl className={styles.tiles} aria-label="The last minute">
      {tiles.map(({ name, text, value, color }) => (
        <div key={name} className={styles.tile}>
          <dt className={styles.name}>{name}</dt>
          <dd className={cx(styles.value, name === 'Loss' && styles[toneOf(minute.loss) ?? 'fine'])}>
            {text(minute)}
          </dd>
          <dd className={styles.spark}>
            <Spark values={course.map(value)} color={color} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useTiles(machine: boolean): readonly Tile[] {
  const theme = useTheme2();
  const colors = measureColors(theme);
  return [
    {
      name: 'Cost per packet',
      text: (summary) => {
        const { kind, perPacket: cost } = costOf(summary);
        return cost === null ? '–' : perPacket(cost, kind);
      },
      value: (summary) => costOf(summary).perPacket,
      color: colors.cost,
    },
    {
      name: machine ? 'Packets captured' : 'Packets delivered',
      text: ({ packetsPerSecond }) => count(packetsPerSecond, '/s'),
      value: ({ packetsPerSecond }) => packetsPerSecond,
      color: colors.throughput,
    },
    { name: 'Loss', text: ({ loss }) => share(loss), value: ({ loss }) => loss, color: colors.loss },
    machine
      ? {
          name: 'CPU for capture',
          text: ({ cost }) => share(cost),
          value: ({ cost }) => cost,
          color: theme.colors.text.secondary,
        }
      : {
          name: 'VM exits',
          text: ({ exitsPerSecond }) => count(exitsPerSecond, '/s'),
          value: ({ exitsPerSecond }) => exitsPerSecond,
          color: theme.colors.text.secondary,
        },
  ];
}

const getStyles = (theme: GrafanaTheme2) => ({
  tiles: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(4, minmax(0, 1fr))',
    gap: theme.spacing(2),
    margin: 0,
    [theme.breakpoints.down('sm')]: {
      gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
      gap: theme.spacing(1),
    },
  }),
  tile: css({
    display: 'grid',
    gridTemplateColumns: 'auto minmax(0, 1fr)',
    alignItems: 'end',
    columnGap: theme.spacing(2),
    padding: theme.spacing(1.25, 2),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(1), columnGap: theme.spacing(1) },
  }),
  name: css({
    gridColumn: '1 / -1',
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
    [theme.breakpoints.down('sm')]: { fontSize: theme.typography.h3.fontSize },
  }),
  spark: css({ margin: 0, paddingBottom: 5 }),
  fine: css({}),
  warn: css({ color: theme.colors.warning.text }),
  bad: css({ color: theme.colors.error.text }),
});
