import type uPlot from 'uplot';

/** Something that happened at a time, or from one time to another: Unix milliseconds. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/** Draws what happened as dashed upright lines, spans shaded between theirs, as Grafana draws annotations. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 2 * window.devicePixelRatio;
  ctx.setLineDash([5, 5]);
  for (const { from, to, color } of marks) {
    ctx.fillStyle = color;
    ctx.strokeStyle = color;
    const [left, right] = [from, to].map((time) => Math.round(plot.valToPos(time, 'x', true))) as [
      number,
      number,
    ];
    ctx.globalAlpha = 0.1;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 0.9;
    for (const at of left === right ? [left] : [left, right]) {
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}
