import { METHODS } from '../methods/index.js';
import type { CellResult, Factors } from '../results.js';
import { levelsOf } from './groups.js';
import type { Run } from './run.js';
import { onPlatform, sizeWords } from './words.js';

/** What every section is made from. */
export interface Context {
  run: Run;
  results: readonly CellResult[];
  /** Names of the methods that were measured, in the order of the study, which is that of their colours. */
  methods: readonly string[];
  /** What a method is called in figures. */
  titleOf(method: string): string;
  /** The same without what it adds in parentheses. */
  briefly(method: string): string;
  /** What a combination is called beside others of this run: what does not vary is not said. */
  nameOf(at: Partial<Factors>): string;
}

export function contextOf(run: Run): Context {
  const { results } = run;
  const titleOf = (name: string) => METHODS.find((method) => method.name === name)?.title ?? name;
  const varied = (['monitor', 'flows'] as const).filter((factor) => levelsOf(results, factor).length > 1);
  return {
    run,
    results,
    methods: levelsOf(results, 'method'),
    titleOf,
    briefly: (method) => titleOf(method).replace(/ \(.*\)$/, ''),
    nameOf: ({ platform, method, monitor, flows, size }) =>
      [
        method !== undefined && titleOf(method),
        size !== undefined && sizeWords(size),
        platform !== undefined && onPlatform(platform),
        monitor !== undefined && varied.includes('monitor') && `${monitor} monitor`,
        flows !== undefined && varied.includes('flows') && (flows === 'single' ? 'one flow' : 'many flows'),
      ]
        .filter(Boolean)
        .join(', '),
  };
}
