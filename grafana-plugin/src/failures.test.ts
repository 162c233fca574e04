import { getDefaultTimeRange, LoadingState, toDataFrame, type PanelData } from '@grafana/data';
import { expect, test } from 'vitest';
import { failureOf, lackOf } from './failures';

const some = [toDataFrame({ fields: [] })];
const answer = (state: LoadingState, more: Partial<PanelData> = {}): PanelData => ({
  state,
  series: [],
  timeRange: getDefaultTimeRange(),
  ...more,
});

test('queries that still run are waited for', () => {
  expect(failureOf(answer(LoadingState.Loading))!.missing).toBe('Waiting for the first answer.');
  expect(failureOf(answer(LoadingState.NotStarted))!.remedy).toBe('The queries are running.');
  expect(failureOf(answer(LoadingState.Loading, { series: some }))).toBeNull();
});

test('a query that failed is named with its reason', () => {
  expect(failureOf(answer(LoadingState.Error, { errors: [{ message: 'parse error' }] }))!.missing).toBe(
    'The query failed: parse error',
  );
  expect(failureOf(answer(LoadingState.Error, { error: { message: 'old form' } }))!.missing).toBe(
    'The query failed: old form',
  );
  expect(failureOf(answer(LoadingState.Error))!.missing).toBe('The query failed: no reason was given');
});

test('one that failed beside others that answered is what the picture lacks', () => {
  const errors = [{ message: 'too many series' }];
  const said = 'A query failed, so this is a part of the picture: too many series';
  expect(lackOf(answer(LoadingState.Error, { series: some, errors }))).toBe(said);
  expect(lackOf(answer(LoadingState.Done, { series: some, errors }))).toBe(said);
  expect(lackOf(answer(LoadingState.Error, { errors }))).toBeNull();
  expect(lackOf(answer(LoadingState.Done, { series: some }))).toBeNull();
});

test('an answer without frames is no failure: the view says what it misses', () => {
  expect(failureOf(answer(LoadingState.Done))).toBeNull();
});
