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
  #spot: Spot = { left: 0, top: 0 };
  /** Where marking began; −1 where nobody marks. */
  #anchor = -1;

  /** True while a sample is shown. */
  get walking(): boolean {
    return this.#index !== -1;
  }

  /**
   * Space begins to mark at the present sample, and again ends it.
   *
   * @returns null where the key means nothing here; with `span` where marking has ended, both ends
   */
  mark(key: string): { readonly span?: readonly [number, number] } | null {
    if (key !== ' ' || !this.walking) {
      return null;
    }
    const anchor = this.#anchor;
    this.#anchor = anchor === -1 ? this.#index : -1;
    return anchor === -1 ? {} : { span: [anchor, this.#index] };
  }

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
    if (key === 'Enter' && this.walking) {
      // uPlot takes a click that no button went down for, or elsewhere, for the end of a drag.
      dispatch(plot, ['mousedown', 'mouseup', 'click'], this.#spot);
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
      this.#spot = spot;
      dispatch(plot, ['mouseenter', 'mousemove'], spot);
    }
    return true;
  }

  /** Takes the pointer away; the next step begins at the first sample again. */
  leave(plot: uPlot): void {
    if (this.#index !== -1) {
      this.#index = -1;
      this.#anchor = -1;
      plot.over.dispatchEvent(new MouseEvent('mouseleave'));
    }
  }
}

function dispatch(plot: uPlot, types: readonly string[], { left, top }: Spot): void {
  const { left: x, top: y } = plot.over.getBoundingClientRect();
  for (const type of types) {
    plot.over.dispatchEvent(new MouseEvent(type, { clientX: x + left, clientY: y + top, bubbles: true }));
  }
}
