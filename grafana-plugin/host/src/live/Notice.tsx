import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { sentencesFor, type Known } from './sentences';

/** What a newcomer should know before reading the picture, or why there is none. */
export function Notice(props: Known) {
  const styles = useStyles2(getStyles);
  const lines = sentencesFor(props);
  return (
    <div className={props.heard ? styles.beside : styles.alone} aria-live="polite">
      {lines.map((line) => (
        <p key={line} className={styles.line}>
          {line}
        </p>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  beside: css({ color: theme.colors.text.secondary, '&:empty': { display: 'none' } }),
  alone: css({
    flex: 1,
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'center',
    alignItems: 'center',
    textAlign: 'center',
    gap: theme.spacing(1),
    color: theme.colors.text.secondary,
    '& > p:first-child': { color: theme.colors.text.primary, fontSize: theme.typography.h4.fontSize },
  }),
  line: css({ margin: 0, maxWidth: '70em' }),
});
