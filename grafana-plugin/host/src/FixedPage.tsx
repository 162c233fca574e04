import { css } from '@emotion/css';
import {
  EventBusSrv,
  FieldType,
  toDataFrame,
  type DataFrame,
  type FieldDTO,
  type PanelPlugin,
  type TimeRange,
} from '@grafana/data';
import { useEffect, useState } from 'react';
import { DEFAULTS, type PanelOptions } from '../../src/options';
import { Neighbour } from './Neighbour';
import { PanelFrame } from './PanelFrame';
import { spanOf } from './timeRange';

/** The file that `?data=` names: frames as JSON, and the message of a failed query where that is wanted. */
export interface FixedData {
  readonly frames: ReadonlyArray<{ refId?: string; name?: string; fields: FieldDTO[] }>;
  readonly error?: string;
  readonly annotations?: FixedData['frames'];
  /** Panel options other than the defaults. */
  readonly options?: Partial<PanelOptions>;
}

interface Loaded {
  readonly data: FixedData;
  readonly frames: DataFrame[];
  readonly annotations: DataFrame[] | undefined;
  readonly range: TimeRange;
}

interface Props {
  readonly panel: PanelPlugin<PanelOptions>;
  /** Must lie on the page's own origin. */
  readonly url: string;
  /** `view` and `colorBy` set the options of that name. */
  readonly query: URLSearchParams;
}

const page = css({ position: 'fixed', inset: 0, display: 'flex', flexDirection: 'column', padding: 8 });

/** The panel alone with frames from a file: for tests and pictures. */
export function FixedPage({ panel, url, query }: Props) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [bus] = useState(() => new EventBusSrv());
  const [options, setOptions] = useState(DEFAULTS);
  useEffect(() => {
    void fetchData(url).then((data) => {
      const frames = data.frames.map((frame) => toDataFrame(frame));
      const annotations = data.annotations?.map((frame) => toDataFrame(frame));
      setLoaded({ data, frames, annotations, range: rangeOf(frames) });
      const chosen = Object.fromEntries(
        ['view', 'colorBy'].flatMap((key) => (query.has(key) ? [[key, query.get(key)]] : [])),
      );
      setOptions({ ...DEFAULTS, ...data.options, ...(chosen as Partial<PanelOptions>) });
    });
  }, [url, query]);
  return (
    <main className={page}>
      <h1 className="sr-only">Capture cost</h1>
      {loaded && (
        <PanelFrame
          panel={panel}
          title="Capture cost"
          frames={loaded.frames}
          timeRange={loaded.range}
          options={options}
          onOptions={setOptions}
          error={loaded.data.error}
          annotations={loaded.annotations}
          onTimeRange={({ from, to }) => setLoaded({ ...loaded, range: spanOf(from, to) })}
          dashboardBus={bus}
        />
      )}
      <Neighbour bus={bus} />
      <span className="sr-only" data-testid="shown-times">
        {loaded && `${loaded.range.from.toISOString()}/${loaded.range.to.toISOString()}`}
      </span>
    </main>
  );
}

async function fetchData(url: string): Promise<FixedData> {
  const target = new URL(url, document.baseURI);
  if (target.origin !== window.location.origin) {
    return { frames: [], error: 'The data must lie on the origin of the page.' };
  }
  const response = await fetch(target);
  return response.ok
    ? ((await response.json()) as FixedData)
    : { frames: [], error: `${target.pathname} answered ${response.status}.` };
}

/** From the first to the last time of any frame. */
function rangeOf(frames: readonly DataFrame[]): TimeRange {
  const times = frames.flatMap(({ fields }) =>
    fields.filter(({ type }) => type === FieldType.time).flatMap(({ values }) => values as number[]),
  );
  return spanOf(
    times.reduce((a, b) => Math.min(a, b), Date.now()),
    times.reduce((a, b) => Math.max(a, b), 0) || Date.now(),
  );
}
