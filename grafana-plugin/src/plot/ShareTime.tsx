import { DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';
import type { UPlotConfigBuilder } from '@grafana/ui';
import { useLayoutEffect, useRef } from 'react';
import type uPlot from 'uplot';
import type { Spot } from './stepper';

/** The times of samples that do not lie on an axis of time. */
export interface Times {
  /** Unix milliseconds. */
  readonly timeOf: (index: number) => number;
  /** The sample that speaks for a time. */
  readonly indexAt: (time: number) => number | null;
}

interface Props extends Times {
  readonly config: UPlotConfigBuilder;
  readonly eventBus: EventBus;
  readonly spotOf: (plot: uPlot, index: number) => Spot | null;
}

/**
 * The dashboard's shared crosshair for a plot without an axis of time: pointing at a sample marks its time on the other
 * panels, and their pointer marks the sample here. EventBusPlugin can do this only where x is time.
 */
export function ShareTime({ config, eventBus, ...props }: Props) {
  const latest = useRef(props);
  latest.current = props;
  useLayoutEffect(() => {
    let plot: uPlot | null = null;
    let told: number | null = null;
    config.addHook('init', (u) => (plot = u));
    config.addHook('setLegend', (u) => {
      const index = u.cursor.idxs?.[1] ?? null;
      // Without an event the pointer was put there by another panel.
      if (u.cursor.event && index !== told) {
        told = index;
        eventBus.publish(
          index === null
            ? new DataHoverClearEvent()
            : new DataHoverEvent({ point: { time: latest.current.timeOf(index) } }),
        );
      }
    });
    const hovers = eventBus.getStream(DataHoverEvent).subscribe(({ origin, payload }) => {
      const time = origin === eventBus ? undefined : payload.point['time'];
      const index = typeof time === 'number' ? latest.current.indexAt(time) : null;
      const spot = plot && index !== null ? latest.current.spotOf(plot, index) : null;
      if (spot) {
        plot!.setCursor(spot);
      }
    });
    const leaves = eventBus.getStream(DataHoverClearEvent).subscribe(({ origin }) => {
      if (origin !== eventBus && plot && !(plot.cursor as { _lock?: boolean })._lock) {
        plot.setCursor({ left: -10, top: -10 });
      }
    });
    return () => {
      hovers.unsubscribe();
      leaves.unsubscribe();
    };
  }, [config, eventBus]);
  return null;
}
