import type { DataFrame, PanelProps, TimeRange } from '@grafana/data';
import type { ComponentType, ReactNode } from 'react';
import type { Capture } from '../capture/capture';
import type { ColorBy } from './colorBy';

/** Options that belong to a view, saved in a dashboard. */
export interface ViewOptions {
  readonly colorBy: ColorBy;
}

/** What the dashboard around the panel gives and takes. */
export type Dashboard = Pick<PanelProps, 'id' | 'eventBus' | 'onChangeTimeRange' | 'replaceVariables'>;

/** What every view is given to draw. */
export interface ViewProps {
  readonly capture: Capture;
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

/** A way to look at the same data. To add one: write its file and enter it in the list in index.ts. */
export interface View {
  readonly id: string;
  readonly label: string;
  /** One sentence for the panel options. */
  readonly description: string;
  readonly Component: ComponentType<ViewProps>;
}
