import type { DataFrame, PanelProps, TimeRange } from '@grafana/data';
import type { ComponentType, ReactNode } from 'react';
import type { Capture } from '../capture/capture';
import { explain, type Found, type Problem, type Reading } from '../capture/reading';
import type { Role } from '../capture/roles';
import type { Span } from '../capture/totals';
import type { Table } from '../parts/table';
import type { BudgetOptions } from './budgetOptions';
import type { CorrelationOptions } from './correlationOptions';
import type { PathOptions } from './pathOptions';
import type { TimelineOptions } from './timelineOptions';

/** Options of the views, saved in a dashboard. */
export interface ViewOptions extends CorrelationOptions, TimelineOptions, BudgetOptions, PathOptions {}

/** What the dashboard around the panel gives and takes. */
export type Dashboard = Pick<PanelProps, 'onChangeTimeRange'>;

/** What every view is given beside its data. */
export interface Surroundings {
  /** CSS pixels the view may fill. */
  readonly width: number;
  readonly height: number;
  readonly timeRange: TimeRange;
  readonly timeZone: string;
  readonly options: ViewOptions;
  readonly onOptions: (change: Partial<ViewOptions>) => void;
  readonly dashboard: Dashboard;
  /** As the dashboard's annotation queries answered: columns time, timeEnd, title, text, color. */
  readonly annotations: readonly DataFrame[];
  /** Belongs beside the view's own heading. */
  readonly toolbar: ReactNode;
}

/** What a view is given to draw. */
export interface ViewProps<Data = Capture> extends Surroundings {
  readonly capture: Data;
}

/** What a reading depends on beside the series. */
export interface Setting {
  readonly range: Span;
  /** CPUs of a VM for which no series says it. */
  readonly cores: number;
}

interface Parts<Id, Data> {
  readonly id: Id;
  readonly label: string;
  /** One sentence for the panel options. */
  readonly description: string;
  /** Roles that it makes use of; which of them it cannot do without, `read` says. */
  readonly uses: readonly Role[];
  readonly read: (found: Found, setting: Setting) => Reading<Data>;
  readonly Component: ComponentType<ViewProps<Data>>;
  /** The numbers that the picture shows. */
  readonly table: (data: Data, timeZone: string) => Table;
}

/** A view's data, with the ways to show it. */
export interface Picture {
  readonly draw: (surroundings: Surroundings) => ReactNode;
  readonly table: (timeZone: string) => Table;
}

/** A way to look at the same series. To add one: write its file and enter it in the list in index.ts. */
export interface View<Id extends string = string> {
  readonly id: Id;
  readonly label: string;
  readonly description: string;
  /** Roles that it makes use of. */
  readonly uses: readonly Role[];
  readonly open: (
    found: Found,
    setting: Setting,
  ) => {
    readonly picture: Picture | null;
    readonly problem: Problem | null;
    /** How the series were read, a sentence each. */
    readonly explanation: readonly string[];
  };
}

/** Makes a view of its parts. What data it draws stays between its parts, so that different views fit into one list. */
export function defineView<Id extends string, Data>(parts: Parts<Id, Data>): View<Id> {
  const { id, label, description, uses, read, Component, table } = parts;
  return {
    id,
    label,
    description,
    uses,
    open(found, setting) {
      const { data, problem, remarks } = read(found, setting);
      const picture = data && {
        draw: (surroundings: Surroundings) => <Component {...surroundings} capture={data} />,
        table: (timeZone: string) => table(data, timeZone),
      };
      return { picture, problem, explanation: explain(found, uses, remarks) };
    },
  };
}
