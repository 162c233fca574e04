import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { type Destination, onward } from './links.js';

/** What every panel says about itself: its title is the question it answers. */
export interface Question {
  title: string;
  description: string;
  /** Grafana's unit id. */
  unit: string;
  targets: prometheus.DataqueryBuilder[];
  /** Width and height in grid cells, 24 to a row. */
  size: [width: number, height: number];
  /** The dashboard that answers the next question. */
  next: Destination;
}

interface AnyPanel<T> {
  title(title: string): T;
  description(text: string): T;
  unit(unit: string): T;
  datasource(reference: common.DataSourceRef): T;
  targets(targets: prometheus.DataqueryBuilder[]): T;
  span(width: number): T;
  height(height: number): T;
  links(links: dashboard.DashboardLinkBuilder[]): T;
}

/** The data source is the dashboard's variable, never a fixed one. */
export const datasource: common.DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

function ask<T extends AnyPanel<T>>(panel: T, question: Question): T {
  const [width, height] = question.size;
  return panel
    .title(question.title)
    .description(question.description)
    .unit(question.unit)
    .datasource(datasource)
    .targets(question.targets)
    .span(width)
    .height(height)
    .links([onward(question.next)]);
}

/** Green below the warning, the alert's own limits above it. */
export function limits(warning: number, critical: number): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: warning, color: 'orange' },
    { value: critical, color: 'red' },
  ]);
}

/** One large number a VM, the latest one. */
export function number(question: Question): stat.PanelBuilder {
  return ask(new stat.PanelBuilder(), question)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .noValue('no data');
}

/** Lines over time with a legend that can be sorted by its last value. */
export function lines(question: Question): timeseries.PanelBuilder {
  return ask(new timeseries.PanelBuilder(), question)
    .min(0)
    .lineWidth(1)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
}

/** Lines whose sum means something. */
export function stacked(question: Question): timeseries.PanelBuilder {
  return lines(question)
    .fillOpacity(30)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

/** A Prometheus histogram over time. */
export function distribution(question: Question): heatmap.PanelBuilder {
  return ask(new heatmap.PanelBuilder(), question)
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Turbo')
        .scale(heatmap.HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(question.unit))
    .cellValues(new heatmap.CellValuesBuilder().unit('eps'))
    .filterValues(new heatmap.FilterValueRangeBuilder().le(1e-9))
    .showLegend();
}

/** Rows of labels and values, as they are now. Names in `hidden` are left out. */
export function rows(question: Question, hidden: readonly string[] = []): table.PanelBuilder {
  const excludeByName = Object.fromEntries(
    ['Time', '__name__', 'job', ...hidden].map((name) => [name, true]),
  );
  return ask(new table.PanelBuilder(), question)
    .noValue('none')
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: { excludeByName } });
}

/** What Grafana and its data sources report as firing. */
export function firing(question: Omit<Question, 'unit' | 'targets'>): dashboard.PanelBuilder {
  return ask(new dashboard.PanelBuilder().type('alertlist'), {
    ...question,
    unit: 'none',
    targets: [],
  }).options({
    viewMode: 'list',
    groupMode: 'default',
    alertName: 'Trapline',
    maxItems: 20,
    sortOrder: 3,
    stateFilter: { firing: true, pending: true, error: true, noData: false, normal: false },
  });
}

/** Trapline's own panel in one of its views; all other options keep their defaults. */
export function captureCost(
  view: 'correlation' | 'timeline' | 'budget' | 'path',
  question: Question,
  units: Record<string, string>,
): dashboard.PanelBuilder {
  const panel = ask(
    new dashboard.PanelBuilder().type('trapline-capturecost-panel').options({ view }),
    question,
  );
  return Object.entries(units).reduce(
    (built, [refId, unit]) => built.overrideByQuery(refId, [{ id: 'unit', value: unit }]),
    panel,
  );
}
