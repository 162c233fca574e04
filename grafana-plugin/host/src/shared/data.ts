/** The part of @grafana/data that the panel uses; see ui.ts. */
export {
  dateTimeFormat,
  FieldType,
  getFieldDisplayName,
  LoadingState,
  PanelPlugin,
  VisualizationSuggestionScore,
} from '@grafana/data';
