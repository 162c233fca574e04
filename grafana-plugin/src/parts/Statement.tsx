import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

interface Props {
  /** The number that matters. */
  readonly result: string;
  /** How far to trust it. */
  readonly trust: string;
  /** What was left out; empty for nothing. */
  readonly note?: string;
  /** Stands at the right end. */
  readonly toolbar: ReactNode;
}

/** The picture's result as a sentence: the same for everyone, whether they see the picture or not. */
export function Statement({ result, trust, note, toolbar }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      <p className={styles.sentence} data-testid="capturecost-statement">
        <strong className={styles.result}>{result}</strong> <span>{note ? `${trust}. ${note}` : trust}</span>
      </p>
      {toolbar}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    // Where both do not fit in one line, the toolbar comes first.
    flexWrap: 'wrap-reverse',
    justifyContent: 'flex-end',
    alignItems: 'center',
    gap: theme.spacing(0.5, 2),
    paddingBottom: theme.spacing(0.5),
  }),
  sentence: css({
    flex: '1 1 300px',
    margin: theme.spacing(0, 0, 0, 0.5),
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
