/** The part of @grafana/data that the panel uses; see ui.ts. */
export {
  colorManipulator,
  DashboardCursorSync,
  DataHoverClearEvent,
  DataHoverEvent,
  DataTopic,
  dateTimeFormat,
  FieldConfigProperty,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  LoadingState,
  PanelPlugin,
  ThresholdsMode,
  VisualizationSuggestionScore,
} from '@grafana/data';
