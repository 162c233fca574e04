import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { Problem } from '../capture/reading';

/** Stands where the picture would: what is missing, and what to do about it. */
export function Message({
  problem,
  details,
}: {
  readonly problem: Problem;
  readonly details: readonly string[];
}) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role="status" data-testid="capturecost-message">
      <p className={styles.missing}>{problem.missing}</p>
      <p className={styles.remedy}>{problem.remedy}</p>
      {details.length > 0 && (
        <ul className={styles.details}>
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Stands above a picture of which a part is missing. */
export function Lack({ text }: { readonly text: string }) {
  const styles = useStyles2(getStyles);
  return (
    <p className={styles.lack} role="status" data-testid="capturecost-lack">
      <Icon name="exclamation-triangle" size="sm" /> {text}
    </p>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    flex: 1,
    minHeight: 0,
    overflow: 'auto',
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'safe center',
    alignItems: 'center',
    textAlign: 'center',
    padding: theme.spacing(2),
  }),
  missing: css({ margin: 0, fontSize: theme.typography.h5.fontSize, maxWidth: '42em' }),
  lack: css({
    flex: 'none',
    margin: theme.spacing(0, 0, 0.5, 0.5),
    color: theme.colors.warning.text,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  remedy: css({ margin: theme.spacing(1, 0, 0), color: theme.colors.text.secondary, maxWidth: '42em' }),
  details: css({
    margin: theme.spacing(2, 0, 0),
    paddingLeft: theme.spacing(2),
    maxWidth: '60em',
    textAlign: 'left',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
