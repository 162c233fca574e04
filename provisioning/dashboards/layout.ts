import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { UIDS, type Destination } from './links.js';
import { datasource } from './panels.js';
import { range } from './queries.js';

/** A row of panels about one subject. */
export interface Section {
  title: string;
  panels: () => cog.Builder<dashboard.Panel>[];
}

/** What makes one dashboard different from another. */
export interface Layout {
  name: Destination;
  title: string;
  description: string;
  /** Whether a VM can be chosen beside the host. */
  vm: boolean;
  sections: readonly Section[];
  marks?: Marks;
}

/** What is marked on every graph for as long as a series is there. */
export interface Marks {
  name: string;
  expr: string;
  /** What stands at a mark, with labels of the series as in {@link range}. */
  title: string;
  text: string;
  /** Labels that are tags of the mark. */
  tags: readonly string[];
}

/** A dashboard that can be provisioned: fixed uid, no id, and its data source a variable. */
export function assemble({ name, title, description, vm, sections, marks }: Layout): dashboard.Dashboard {
  const built = new dashboard.DashboardBuilder(title)
    .uid(UIDS[name])
    .description(description)
    .tags(['trapline'])
    .timezone('browser')
    .time({ from: 'now-15m', to: 'now' })
    .refresh('10s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(
      new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    )
    .withVariable(chooser('host', 'Host', 'label_values(trapline_build_info, instance)'))
    .readonly();
  if (vm) built.withVariable(chooser('vm', 'VM', 'label_values(trapline_vm_info{instance=~"$host"}, vm)'));
  if (marks) built.annotation(annotation(marks));
  for (const section of sections) {
    built.withRow(new dashboard.RowBuilder(section.title));
    section.panels().forEach((panel) => built.withPanel(panel));
  }
  const { panels = [], ...rest } = built.build();
  // Grafana numbers the dashboard itself, but tells its panels apart, and links to them, by the numbers in the file.
  return { ...rest, id: null, panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })) };
}

function annotation({ name, expr, title, text, tags }: Marks): dashboard.AnnotationQueryBuilder {
  return (
    new dashboard.AnnotationQueryBuilder()
      .name(name)
      .datasource(datasource)
      .enable(true)
      .iconColor('blue')
      .titleFormat(title)
      .textFormat(text)
      .tagKeys(tags.join(','))
      // Points of one series that are no farther apart become one mark.
      .target(range('marks', expr, title).interval('5s'))
  );
}

function chooser(name: string, label: string, query: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: name })
    .definition(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}
