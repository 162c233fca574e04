/**
 * The part of @grafana/ui that the panel uses. Grafana shares all of it; sharing only what is used keeps the page a
 * third of the size. A test compares this list with what the built panel asks for.
 */
export {
  AxisPlacement,
  Button,
  Combobox,
  DrawStyle,
  Dropdown,
  EventBusPlugin,
  GraphThresholdsStyleMode,
  Icon,
  IconButton,
  Menu,
  PointVisibility,
  RadioButtonGroup,
  ScaleDirection,
  ScaleDistribution,
  ScaleOrientation,
  Toggletip,
  TooltipPlugin2,
  UPlotChart,
  UPlotConfigBuilder,
  usePanelContext,
  useStyles2,
  useTheme2,
  VizTooltipColorIndicator,
  VizTooltipColorPlacement,
  VizTooltipContent,
  VizTooltipFooter,
  VizTooltipHeader,
  VizTooltipWrapper,
} from '@grafana/ui';
