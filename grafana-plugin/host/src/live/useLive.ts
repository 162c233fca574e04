import { useEffect, useState } from 'react';
import { keep, type LiveSample } from './protocol';

/** What is known of the exporter. */
export interface Live {
  /** `connecting`: never heard of it yet. `lost`: heard of it before; trying again. */
  readonly state: 'connecting' | 'live' | 'lost';
  readonly samples: readonly LiveSample[];
}

/** How long to wait where the browser gives up by itself (an answer other than 200). */
const RETRY_MS = 2000;

/** Follows the exporter's live stream for as long as the page is open. */
export function useLive(url: string): Live {
  const [live, setLive] = useState<Live>({ state: 'connecting', samples: [] });
  useEffect(() => {
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(url);
      source.addEventListener('history', ({ data }: MessageEvent<string>) => {
        setLive({ state: 'live', samples: JSON.parse(data) as LiveSample[] });
      });
      source.addEventListener('sample', ({ data }: MessageEvent<string>) => {
        const sample = JSON.parse(data) as LiveSample;
        setLive(({ samples }) => ({ state: 'live', samples: keep(samples, sample) }));
      });
      source.addEventListener('error', () => {
        setLive(({ samples }) => ({ state: 'lost', samples }));
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
