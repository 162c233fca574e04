import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { Finding } from './findings';

const MOST = 6;

interface Props {
  readonly findings: readonly Finding[];
  /** What to say where nothing stands out. */
  readonly fine: string;
}

/** What is wrong, before any figure; or that nothing is. */
export function Findings({ findings, fine }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.list} aria-label="Findings" aria-live="polite">
      {findings.slice(0, MOST).map(({ severity, what, hint }) => (
        <li key={what} className={styles.item} data-severity={severity}>
          <Icon name={severity === 'bad' ? 'exclamation-circle' : 'exclamation-triangle'} />
          <span>
            <strong className={styles.what}>{what}</strong> {hint}
          </span>
        </li>
      ))}
      {findings.length > MOST && (
        <li className={styles.item}>
          <span>{findings.length - MOST} more; the tables below mark them.</span>
        </li>
      )}
      {findings.length === 0 && (
        <li className={styles.item} data-severity="fine">
          <Icon name="check-circle" />
          <span>{fine}</span>
        </li>
      )}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.5),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  }),
  item: css({
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1.5),
    color: theme.colors.text.secondary,
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderLeft: `3px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    '& > svg, & > div': { flex: 'none', marginTop: 2 },
    '&[data-severity=bad]': {
      borderLeftColor: theme.colors.error.border,
      svg: { color: theme.colors.error.text },
    },
    '&[data-severity=warn]': {
      borderLeftColor: theme.colors.warning.border,
      svg: { color: theme.colors.warning.text },
    },
    '&[data-severity=fine]': {
      borderLeftColor: theme.colors.success.border,
      svg: { color: theme.colors.success.text },
    },
    overflowWrap: 'anywhere',
  }),
  what: css({ color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium }),
});
