import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Tone } from './Table';

export interface Figure {
  readonly name: string;
  readonly text: string;
  /** What it means, shown where a pointer rests on it. */
  readonly meaning: string;
  readonly tone?: Tone | undefined;
}

/** Some figures side by side, as many in a row as fit. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.list}>
      {figures.map(({ name, text, meaning, tone }) => (
        <div key={name} title={meaning}>
          <dt className={styles.name}>{name}</dt>
          <dd className={cx(styles.text, tone && styles[tone])}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(130px, 1fr))',
    gap: theme.spacing(1, 2),
    margin: 0,
    padding: theme.spacing(0.5, 2, 1.5),
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(0.5, 1, 1) },
  }),
  name: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
  }),
  text: css({
    margin: 0,
    fontVariantNumeric: 'tabular-nums',
    fontWeight: theme.typography.fontWeightMedium,
  }),
  warn: css({ color: theme.colors.warning.text }),
  bad: css({ color: theme.colors.error.text }),
});
