/** The part of @grafana/data that the panel uses; see ui.ts. */
export {
  colorManipulator,
  DashboardCursorSync,
  DataHoverClearEvent,
  DataHoverEvent,
  dateTimeFormat,
  FieldConfigProperty,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  LoadingState,
  PanelPlugin,
  VisualizationSuggestionScore,
} from '@grafana/data';
