import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestion,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { find } from './capture/reading';
import { readSeries } from './capture/series';
import { DEFAULTS, type PanelOptions } from './options';
import { VIEWS } from './views';

/** Every view for which the series say enough, and none for other people's data. */
export const suggest: VisualizationSuggestionsSupplier<PanelOptions> = ({
  rawFrames,
  hasData,
}: PanelDataSummary) => {
  const found = find(readSeries(hasData ? (rawFrames ?? []) : []));
  const times = found.all.flatMap((series) => [
    series.times[0] ?? Infinity,
    series.times.at(-1) ?? -Infinity,
  ]);
  const setting = {
    range: { from: Math.min(...times), to: Math.max(...times) },
    cores: DEFAULTS.budget.cores,
  };
  return VIEWS.filter((view) => view.open(found, setting).picture).map(
    ({ id, label, description }): VisualizationSuggestion<PanelOptions> => ({
      name: `Capture cost: ${label}`,
      description,
      options: { ...DEFAULTS, view: id },
      score: VisualizationSuggestionScore.Good,
    }),
  );
};
