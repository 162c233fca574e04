import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import type { Selection } from './selection';

interface Props {
  readonly selection: Selection;
  /** Shows the whole dashboard at the times of the marked points. */
  readonly onZoom: (range: Selection['range']) => void;
  readonly onClear: () => void;
}

/** What the marked points tell, and what can be done with them. */
export function SelectionBar({ selection: { text, range }, onZoom, onClear }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      <span role="status" className={styles.text}>
        {text}
      </span>
      <span className={styles.buttons} data-no-picture>
        <Button size="sm" variant="primary" fill="outline" onClick={() => onZoom(range)}>
          Zoom to these times
        </Button>
        <Button size="sm" variant="secondary" fill="text" onClick={onClear}>
          Clear
        </Button>
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(0.5, 2),
    padding: theme.spacing(0.25, 1),
    marginBottom: theme.spacing(0.5),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  text: css({ flex: '1 1 200px' }),
  buttons: css({ display: 'flex', gap: theme.spacing(0.5), flex: 'none' }),
});
