import type { TimeRange } from '@grafana/data';
import type { ComponentType, ReactNode } from 'react';
import type { Capture } from '../capture/capture';
import type { ColorBy } from './colorBy';

/** What every view is given to draw. */
export interface ViewProps {
  readonly capture: Capture;
  /** CSS pixels the view may fill. */
  readonly width: number;
  readonly height: number;
  readonly timeRange: TimeRange;
  readonly timeZone: string;
  readonly colorBy: ColorBy;
  readonly onColorBy: (colorBy: ColorBy) => void;
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
