/** The part of @grafana/data that the panel uses; see ui.ts. */
export {
  DashboardCursorSync,
  dateTimeFormat,
  FieldType,
  getFieldDisplayName,
  LoadingState,
  PanelPlugin,
  VisualizationSuggestionScore,
} from '@grafana/data';
