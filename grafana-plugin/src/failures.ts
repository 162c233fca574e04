import { LoadingState, type PanelData } from '@grafana/data';
import type { Problem } from './capture/reading';

/** Why there is nothing to read at all: queries that still run, or that failed. */
export function failureOf({ state, series, errors, error }: PanelData): Problem | null {
  if (series.length > 0) {
    return null;
  }
  if (state === LoadingState.Error) {
    return {
      missing: `The query failed: ${reasonOf({ errors, error })}`,
      remedy:
        'Check the data source and the query; the query inspector of the panel menu shows the whole answer.',
    };
  }
  return state === LoadingState.Loading || state === LoadingState.NotStarted
    ? { missing: 'Waiting for the first answer.', remedy: 'The queries are running.' }
    : null;
}

/** What a picture lacks where some queries failed and others answered. */
export function lackOf({ state, series, errors, error }: PanelData): string | null {
  return series.length > 0 && (state === LoadingState.Error || (errors?.length ?? 0) > 0)
    ? `A query failed, so this is a part of the picture: ${reasonOf({ errors, error })}`
    : null;
}

function reasonOf({ errors, error }: Pick<PanelData, 'errors' | 'error'>): string {
  return errors?.[0]?.message ?? error?.message ?? 'no reason was given';
}
