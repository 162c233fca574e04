import { css } from '@emotion/css';
import { LoadingState, type DataFrame, type PanelProps } from '@grafana/data';
import { useMemo, useState } from 'react';
import { readCapture, type Problem } from './capture/capture';
import { readSeries } from './capture/series';
import type { PanelOptions } from './options';
import { DataTable } from './parts/DataTable';
import { Message } from './parts/Message';
import { Toolbar } from './parts/Toolbar';
import { VIEWS } from './views';

const NO_ANNOTATIONS: readonly DataFrame[] = [];

const column = css({ display: 'flex', flexDirection: 'column', position: 'relative', overflow: 'hidden' });
const top = css({ display: 'flex', justifyContent: 'flex-end', flex: 'none', paddingBottom: 4 });

/** Reads the frames and hands them to the chosen view, or says what stands in the way. */
export function CaptureCostPanel(props: PanelProps<PanelOptions>) {
  const { data, width, height, options, onOptionsChange, timeRange, timeZone } = props;
  const [table, setTable] = useState(false);
  const { capture, problem, explanation } = useMemo(
    () => readCapture(readSeries(data.series), options.fields),
    [data.series, options.fields],
  );
  const failure = failureOf(data);
  const view = VIEWS.find(({ id }) => id === options.view) ?? VIEWS[0];
  if (failure || !capture) {
    return (
      <div className={column} style={{ width, height }}>
        <Message problem={failure ?? problem!} details={failure ? [] : explanation} />
      </div>
    );
  }
  const toolbar = (
    <Toolbar
      view={view.id}
      onView={(id) => onOptionsChange({ ...options, view: id })}
      table={table}
      onTable={setTable}
      explanation={explanation}
    />
  );
  return (
    <div className={column} style={{ width, height }} data-view={view.id}>
      {table ? (
        <>
          <div className={top}>{toolbar}</div>
          <DataTable capture={capture} timeZone={timeZone} />
        </>
      ) : (
        <view.Component
          capture={capture}
          width={width}
          height={height}
          timeRange={timeRange}
          timeZone={timeZone}
          options={options}
          onOptions={(change) => onOptionsChange({ ...options, ...change })}
          dashboard={props}
          annotations={data.annotations ?? NO_ANNOTATIONS}
          toolbar={toolbar}
        />
      )}
    </div>
  );
}

/** A query that failed without leaving anything to draw. */
function failureOf({ state, series, errors, error }: PanelProps['data']): Problem | null {
  if (state !== LoadingState.Error || series.length > 0) {
    return null;
  }
  const said = errors?.[0]?.message ?? error?.message ?? 'no reason was given';
  return {
    missing: `The query failed: ${said}`,
    remedy:
      'Check the data source and the query; the query inspector of the panel menu shows the whole answer.',
  };
}
