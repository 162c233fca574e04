import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface Props {
  /** The number that matters. */
  readonly result: string;
  /** How far to trust it. */
  readonly trust: string;
  /** What was left out; empty for nothing. */
  readonly note?: string;
}

/** The picture's result as a sentence: the same for everyone, whether they see the picture or not. */
export function Statement({ result, trust, note }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <p className={styles.line} data-testid="capturecost-statement">
      <strong className={styles.result}>{result}</strong> <span>{trust}</span> {note && <span>{note}</span>}
    </p>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    margin: 0,
    padding: theme.spacing(0, 0.5, 0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: 1.5,
    fontVariantNumeric: 'tabular-nums',
  }),
  result: css({
    color: theme.colors.text.primary,
    fontSize: theme.typography.h4.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    marginRight: theme.spacing(0.75),
    whiteSpace: 'nowrap',
  }),
});
