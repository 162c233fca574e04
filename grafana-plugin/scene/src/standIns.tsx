import { css } from '@emotion/css';
import {
  FieldConfigProperty,
  formattedValueToString,
  getFieldDisplayName,
  getFieldDisplayValues,
  PanelPlugin,
  type GrafanaTheme2,
  type PanelProps,
} from '@grafana/data';
import {
  BigValueTextMode,
  VizOrientation,
  type BigValueColorMode,
  type BigValueGraphMode,
  type VizLegendOptions,
} from '@grafana/schema';
import { BigValue, TimeSeries, useStyles2, useTheme2, VizRepeater } from '@grafana/ui';
import { Heatmap } from './Heatmap';

/**
 * Grafana's own panels are not published. These draw with the components that they are made of, so far as a picture
 * shows it.
 */
export const STAND_INS: Readonly<Record<string, PanelPlugin>> = {
  timeseries: withLooks(new PanelPlugin<LineOptions>(Lines), 'palette-classic'),
  stat: new PanelPlugin<StatOptions>(Stats).useFieldConfig(),
  table: withLooks(new PanelPlugin(Rows), 'thresholds'),
  alertlist: new PanelPlugin(Rows).useFieldConfig(),
  heatmap: new PanelPlugin(Heatmap).useFieldConfig(),
};

/** What the shipped dashboards set of a line's look, and of a table's. */
const LOOKS = ['lineWidth', 'lineStyle', 'fillOpacity', 'showPoints', 'stacking', 'cellOptions'];

function withLooks<O>(plugin: PanelPlugin<O>, mode: string): PanelPlugin {
  return plugin.useFieldConfig({
    standardOptions: { [FieldConfigProperty.Color]: { defaultValue: { mode } } },
    useCustomConfig: (builder) =>
      LOOKS.forEach((path) =>
        builder.addCustomEditor({
          ...{ id: path, path, name: path, description: '', editor: () => null, override: () => null },
          process: (value: unknown) => value,
          shouldApply: () => true,
        }),
      ),
  }) as unknown as PanelPlugin;
}

interface LineOptions {
  readonly legend: VizLegendOptions;
}

function Lines(props: PanelProps<LineOptions>) {
  const { data, options, width, height, timeRange, timeZone } = props;
  const plot = { width, height, timeRange, timeZone, legend: options.legend, options };
  return data.series.length > 0 ? <TimeSeries frames={data.series} {...plot} /> : <Nothing {...props} />;
}

const Nothing = ({ fieldConfig }: Pick<PanelProps, 'fieldConfig'>) => (
  <p>{fieldConfig.defaults.noValue ?? 'No data'}</p>
);

interface StatOptions {
  readonly graphMode: BigValueGraphMode;
  readonly colorMode: BigValueColorMode;
  readonly reduceOptions: { readonly calcs: string[] };
}

function Stats({
  data,
  width,
  height,
  options,
  fieldConfig,
  replaceVariables,
  timeZone,
}: PanelProps<StatOptions>) {
  const theme = useTheme2();
  const getValues = () =>
    getFieldDisplayValues({
      ...{ data: data.series, fieldConfig, replaceVariables, theme, timeZone, sparkline: true },
      reduceOptions: options.reduceOptions,
    });
  return (
    <VizRepeater
      {...{ width, height, getValues, source: data, renderCounter: 0, autoGrid: true }}
      orientation={VizOrientation.Auto}
      renderValue={({ value: { display, sparkline }, width: own, height: tall }) => (
        <BigValue
          value={display}
          sparkline={sparkline}
          {...{ theme, width: own, height: tall }}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          textMode={BigValueTextMode.Auto}
        />
      )}
    />
  );
}

function Rows(props: PanelProps) {
  const styles = useStyles2(getStyles);
  const fields = props.data.series[0]?.fields ?? [];
  const rows = fields[0]?.values ?? [];
  return rows.length === 0 ? (
    <Nothing {...props} />
  ) : (
    <table className={styles.table}>
      <thead>
        <tr>
          {fields.map((field) => (
            <th key={field.name}>{getFieldDisplayName(field)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((_, row) => (
          <tr key={row}>
            {fields.map(({ name, values, config, display }) => {
              const shown = display?.(values[row]);
              const coloured = (config.custom as { cellOptions?: object } | undefined)?.cellOptions;
              return (
                <td key={name} style={coloured && shown ? { color: shown.color } : {}}>
                  {shown && formattedValueToString(shown)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    '& th': { color: theme.colors.primary.text, fontWeight: theme.typography.fontWeightMedium },
    '& th, & td': { padding: theme.spacing(0.75, 1), borderBottom: `1px solid ${theme.colors.border.weak}` },
  }),
});
