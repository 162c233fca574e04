import type uPlot from 'uplot';

/** An interval with the share of packets lost in it. */
interface Lossy {
  readonly since: number;
  readonly time: number;
  readonly loss: number | null;
}

const FAINTEST = 0.12;
const STRONGEST = 0.6;

/** The share of loss that is shaded most strongly where nothing is worse: 5 %, at which operators are called. */
const GRAVE = 0.05;

/** Shades each interval behind the lines, the stronger the more of it was lost; nothing where nothing was. */
export function shadeLoss(plot: uPlot, moments: readonly Lossy[], color: string): void {
  const worst = moments.reduce((most, { loss }) => Math.max(most, loss ?? 0), 0);
  if (worst === 0) {
    return;
  }
  const full = Math.max(worst, GRAVE);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = color;
  moments.forEach(({ since, time, loss }) => {
    if (loss) {
      const left = Math.round(plot.valToPos(since, 'x', true));
      const right = Math.round(plot.valToPos(time, 'x', true));
      ctx.globalAlpha = FAINTEST + (STRONGEST - FAINTEST) * (loss / full);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
  });
  ctx.restore();
}
