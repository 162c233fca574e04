import type { FieldConfigSource, FieldDTO, DataTransformerConfig } from '@grafana/data';

/** A panel of a classic dashboard, as far as a picture needs it; rows are panels too. */
export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options?: object;
  readonly fieldConfig?: FieldConfigSource;
  readonly transformations?: DataTransformerConfig[];
}

/** A dashboard with what its queries gave. */
export interface Filled {
  readonly title: string;
  readonly panels: readonly PanelJson[];
  /** The frames of a panel by its id. */
  readonly frames: Readonly<Record<number, ReadonlyArray<{ refId: string; fields: FieldDTO[] }>>>;
  /** The time range, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}
