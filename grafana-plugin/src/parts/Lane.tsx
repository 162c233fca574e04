import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

/** A place in the lane and what is there. */
export interface Tick {
  /** 0 … 1 of the lane. */
  readonly at: number;
  readonly text: string;
}

interface BarProps {
  /** 0 … 1 of the lane. */
  readonly from: number;
  readonly to: number;
  readonly color: string;
  /** Pixels that it has at least, so that a little is not nothing. Its right end stays where it is. */
  readonly least?: number;
  /** Its number, for who points at it. */
  readonly title?: string;
}

/** A part of a lane. */
export function Bar({ from, to, color, least = 0, title }: BarProps) {
  const styles = useStyles2(getBarStyles);
  return (
    <div
      className={styles.bar}
      title={title}
      style={{
        right: `${(1 - to) * 100}%`,
        width: `max(${least}px, ${(to - from) * 100}%)`,
        background: color,
      }}
    />
  );
}

/** Words at places of the lane; those at its ends stay inside. */
export function Scale({ ticks }: { readonly ticks: readonly Tick[] }) {
  const styles = useStyles2(getScaleStyles);
  return (
    <div className={styles.scale}>
      {ticks.map(({ at, text }) => (
        <span
          key={text}
          className={styles.tick}
          style={{ left: `${at * 100}%`, transform: `translateX(${at < 0.1 ? 0 : at > 0.95 ? -100 : -50}%)` }}
        >
          {text}
        </span>
      ))}
    </div>
  );
}

const getBarStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    [theme.transitions.handleMotion('no-preference')]: {
      transition: theme.transitions.create(['width', 'right'], { duration: 200 }),
    },
  }),
});

const getScaleStyles = (theme: GrafanaTheme2) => ({
  scale: css({ position: 'relative', height: theme.spacing(2.25), marginTop: theme.spacing(0.25) }),
  tick: css({ position: 'absolute' }),
});
