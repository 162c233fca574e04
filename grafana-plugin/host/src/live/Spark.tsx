import { css } from '@emotion/css';

const WIDTH = 100;
const HEIGHT = 24;
/** More points than this cannot be told apart in a tile. */
const MOST_POINTS = 150;

const style = css({ display: 'block', width: '100%', height: HEIGHT, overflow: 'visible' });

interface Props {
  /** Evenly spaced; null is a gap. */
  readonly values: ReadonlyArray<number | null>;
  readonly color: string;
}

/** The course of a figure without axes: from nought to a little above its largest value. The figure itself stands beside it. */
export function Spark({ values, color }: Props) {
  const points = thin(values);
  const top = points.reduce<number>((most, value) => Math.max(most, value ?? 0), 0) * 1.1 || 1;
  const step = WIDTH / Math.max(1, points.length - 1);
  const line = points
    .map((value, i) =>
      value === null
        ? ''
        : `${typeof points[i - 1] === 'number' ? 'L' : 'M'}${(i * step).toFixed(2)} ${(HEIGHT * (1 - value / top)).toFixed(2)}`,
    )
    .join('');
  return (
    <svg className={style} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={line} fill="none" stroke={color} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** Means of neighbours. */
function thin(values: ReadonlyArray<number | null>): ReadonlyArray<number | null> {
  const size = Math.ceil(values.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(values.length / size) || 0 }, (_, i) => {
    const known = values.slice(i * size, (i + 1) * size).filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  });
}
