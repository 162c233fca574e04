import { LoadingState, toDataFrame, type TimeRange } from '@grafana/data';
import {
  EmbeddedScene,
  SceneDataNode,
  SceneDataTransformer,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneTimeRange,
  VizPanel,
} from '@grafana/scenes';
import { spanOf } from '../../host/src/timeRange';
import type { Filled, PanelJson } from './dashboard';

/** A classic dashboard as a scene. Grafana itself does the same, with code that it does not publish. */
export function sceneOf({ panels, frames, from, to }: Filled): EmbeddedScene {
  const range = spanOf(from, to);
  const itemOf = (panel: PanelJson) =>
    new SceneGridItem({ ...placeOf(panel), body: vizOf(panel, frames[panel.id] ?? [], range) });
  const rows = panels.flatMap((row, index) => {
    if (row.type !== 'row') return [];
    const end = panels.findIndex(({ type }, i) => i > index && type === 'row');
    const own = panels.slice(index + 1, end < 0 ? undefined : end);
    return [new SceneGridRow({ title: row.title, y: row.gridPos.y, children: own.map(itemOf) })];
  });
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({ from: range.from.toISOString(), to: range.to.toISOString() }),
    body: new SceneGridLayout({ children: rows }),
  });
}

function placeOf({ gridPos: { x, y, w, h } }: PanelJson) {
  return { x, y, width: w, height: h, isDraggable: false, isResizable: false };
}

function vizOf(panel: PanelJson, frames: Filled['frames'][number], timeRange: TimeRange): VizPanel {
  const $data = new SceneDataNode({
    data: { state: LoadingState.Done, series: frames.map((frame) => toDataFrame(frame)), timeRange },
  });
  return new VizPanel({
    pluginId: panel.type,
    title: panel.title,
    description: panel.description ?? '',
    options: panel.options ?? {},
    fieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] },
    $data: new SceneDataTransformer({ $data, transformations: panel.transformations ?? [] }),
  });
}
