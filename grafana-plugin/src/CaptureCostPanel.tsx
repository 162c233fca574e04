import { css } from '@emotion/css';
import type { DataFrame, PanelProps } from '@grafana/data';
import { useMemo, useRef, useState } from 'react';
import { find } from './capture/reading';
import { readSeries } from './capture/series';
import { failureOf, lackOf } from './failures';
import { completeOptions, type PanelOptions } from './options';
import { toCsv } from './parts/csv';
import { DataTable } from './parts/DataTable';
import { download, fileName } from './parts/download';
import { Lack, Message } from './parts/Message';
import { pictureOf } from './parts/picture';
import { Toolbar } from './parts/Toolbar';
import { VIEWS } from './views';
import type { Picture, View } from './views/view';

const NO_ANNOTATIONS: readonly DataFrame[] = [];

const column = css({ display: 'flex', flexDirection: 'column', position: 'relative', overflow: 'hidden' });
const top = css({ display: 'flex', justifyContent: 'flex-end', flex: 'none', paddingBottom: 4 });

/** Reads the frames and hands them to the chosen view, or says what stands in the way. */
export function CaptureCostPanel(props: PanelProps<PanelOptions>) {
  const { data, width, height, onOptionsChange, timeRange, timeZone } = props;
  const options = useMemo(() => completeOptions(props.options), [props.options]);
  const [showTable, setShowTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const view = VIEWS.find(({ id }) => id === options.view) ?? VIEWS[0];
  const found = useMemo(() => find(readSeries(data.series), options.fields), [data.series, options.fields]);
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const { cores } = options.budget;
  const setting = useMemo(() => ({ range: { from, to }, cores }), [from, to, cores]);
  const { picture, problem, explanation } = useMemo(() => view.open(found, setting), [view, found, setting]);
  const name = (ending: string) => fileName([props.title, view.id], new Date(to), ending);
  const toolbar = (
    <Toolbar
      view={view.id}
      onView={(id) => onOptionsChange({ ...options, view: id })}
      explanation={explanation}
      table={showTable}
      onTable={picture ? setShowTable : undefined}
      onCsv={picture ? () => download(csvOf(picture, timeZone), name('csv')) : undefined}
      onPng={picture && !showTable ? () => void savePicture(box.current!, name('png')) : undefined}
    />
  );
  const failure = failureOf(data);
  const lack = lackOf(data);
  const content =
    failure || !picture ? (
      <Message
        problem={failure ?? problem!}
        details={failure ? [] : [...explanation, ...otherViews(view, (other) => other.open(found, setting))]}
      />
    ) : showTable ? (
      <DataTable key={view.id} table={picture.table(timeZone)} />
    ) : null;
  return (
    <div ref={box} className={column} style={{ width, height }} data-view={view.id}>
      {lack && <Lack text={lack} />}
      {content && !failure && found.all.length > 0 && <div className={top}>{toolbar}</div>}
      {content ??
        picture!.draw({
          width,
          height,
          timeRange,
          timeZone,
          options,
          onOptions: (change) => onOptionsChange({ ...options, ...change }),
          dashboard: props,
          annotations: data.annotations ?? NO_ANNOTATIONS,
          toolbar,
        })}
    </div>
  );
}

/** Which other views the same series are enough for. */
function otherViews(view: View, open: (other: View) => ReturnType<View['open']>): string[] {
  const others = VIEWS.filter((other) => other !== view && open(other).picture).map(({ label }) => label);
  return others.length > 0 ? [`There is enough for: ${others.join(', ')}.`] : [];
}

const csvOf = (picture: Picture, timeZone: string): Blob =>
  new Blob([toCsv(picture.table(timeZone))], { type: 'text/csv;charset=utf-8' });

async function savePicture(element: HTMLElement, name: string): Promise<void> {
  const picture = await pictureOf(element, 'png');
  if (picture) {
    download(picture, name);
  }
}
