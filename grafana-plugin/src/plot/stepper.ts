import type uPlot from 'uplot';

/** A place inside the plotting area, in CSS pixels from its upper left corner. */
export interface Spot {
  readonly left: number;
  readonly top: number;
}

/** How far each key goes. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  Home: -Infinity,
  End: Infinity,
};
const BIG_STEP = 10;

/**
 * Walks from sample to sample by keyboard. It moves uPlot's own pointer there, so that everything a mouse would show
 * (tooltip, crosshair, other panels) is shown in the same way.
 */
export class Stepper {
  #index = -1;

  /** Returns whether the key meant something here. */
  press(
    key: string,
    big: boolean,
    plot: uPlot,
    samples: number,
    spotOf: (plot: uPlot, index: number) => Spot | null,
  ): boolean {
    if (key === 'Escape') {
      this.leave(plot);
      return true;
    }
    const step = STEPS[key];
    if (step === undefined || samples === 0) {
      return false;
    }
    const direction = Math.sign(step);
    let index = Math.max(0, Math.min(samples - 1, this.#index + step * (big ? BIG_STEP : 1)));
    let spot = spotOf(plot, index);
    while (!spot && index + direction >= 0 && index + direction < samples) {
      index += direction;
      spot = spotOf(plot, index);
    }
    if (spot) {
      this.#index = index;
      point(plot, spot);
    }
    return true;
  }

  /** Takes the pointer away; the next step begins at the first sample again. */
  leave(plot: uPlot): void {
    if (this.#index !== -1) {
      this.#index = -1;
      plot.over.dispatchEvent(new MouseEvent('mouseleave'));
    }
  }
}

function point(plot: uPlot, { left, top }: Spot): void {
  const { left: x, top: y } = plot.over.getBoundingClientRect();
  for (const type of ['mouseenter', 'mousemove']) {
    plot.over.dispatchEvent(new MouseEvent(type, { clientX: x + left, clientY: y + top, bubbles: true }));
  }
}
