import { DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';
import { useEffect, useState } from 'react';

/**
 * Stands for the other panels of a dashboard: tells at which time they would draw the shared crosshair, and passes on the
 * page's event `neighbour` as if somebody pointed there at the time in its `detail`.
 */
export function Neighbour({ bus }: { readonly bus: EventBus }) {
  const [time, setTime] = useState<number>();
  useEffect(() => {
    const own = bus.newScopedBus('neighbour', { onlyLocal: false });
    const hovers = own.getStream(DataHoverEvent).subscribe(({ origin, payload }) => {
      if (origin !== own) {
        setTime(payload.point['time'] as number);
      }
    });
    const leaves = own.getStream(DataHoverClearEvent).subscribe(() => setTime(undefined));
    const point = (event: Event) =>
      own.publish(new DataHoverEvent({ point: { time: (event as CustomEvent<number>).detail } }));
    window.addEventListener('neighbour', point);
    return () => {
      hovers.unsubscribe();
      leaves.unsubscribe();
      window.removeEventListener('neighbour', point);
    };
  }, [bus]);
  return <output className="sr-only">{time === undefined ? '' : new Date(time).toISOString()}</output>;
}
