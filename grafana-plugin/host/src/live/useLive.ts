import { useEffect, useState } from 'react';
import type { LiveEvents, LiveMachine } from '../../../../exporter/src/live/protocol';
import { extend, historyOf, NOTHING, type History } from './history';

/** What is known of the exporter. */
export interface Live {
  /** `connecting`: never heard of it yet. `lost`: heard of it before; trying again. */
  readonly state: 'connecting' | 'live' | 'lost';
  readonly machine: LiveMachine | undefined;
  readonly history: History;
}

/** How long to wait where the browser gives up by itself (an answer other than 200). */
const RETRY_MS = 2000;

/** Follows the exporter's live stream for as long as the page is open. */
export function useLive(url: string): Live {
  const [live, setLive] = useState<Live>({ state: 'connecting', machine: undefined, history: NOTHING });
  useEffect(() => {
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const on = <E extends keyof LiveEvents>(event: E, change: (live: Live, data: LiveEvents[E]) => Live) =>
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        const parsed = JSON.parse(data) as LiveEvents[E];
        setLive((known) => ({ ...change(known, parsed), state: 'live' }));
      });
    const connect = () => {
      source = new EventSource(url);
      on('machine', (known, machine) => ({ ...known, machine }));
      on('history', (known, samples) => ({ ...known, history: historyOf(samples) }));
      on('sample', (known, sample) => ({ ...known, history: extend(known.history, sample) }));
      source.addEventListener('error', () => {
        setLive((known) => ({ ...known, state: 'lost' }));
        if (source.readyState === EventSource.CLOSED) {
          retry = setTimeout(connect, RETRY_MS);
        }
      });
    };
    connect();
    return () => {
      clearTimeout(retry);
      source.close();
    };
  }, [url]);
  return live;
}
