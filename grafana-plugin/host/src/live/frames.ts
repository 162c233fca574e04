import { FieldType, type DataFrame } from '@grafana/data';
import type { LiveSample } from './protocol';
import { between, lossOf, vmNames, type Rates } from './rates';

/**
 * Live samples as the frames that the dashboard's queries would return: one per role, class and VM, a value per pair of
 * neighbouring samples, null where there is a gap. For a VM whose exits are not timed, those that reached the VMM stand in.
 */
export function framesOf(samples: readonly LiveSample[], only?: string): DataFrame[] {
  const times = samples.slice(1).map(({ t }) => t);
  return vmNames(samples)
    .filter((vm) => only === undefined || vm === only)
    .flatMap((vm) => {
      const rates = samples.slice(1).map((sample, i) => between(samples[i]!, sample, vm));
      const timed = rates.some((entry) => typeof entry?.cost === 'number');
      const frame = (
        query: string,
        pick: (rates: Rates) => number | null,
        labels = {},
        unit = '',
      ): DataFrame => ({
        refId: query,
        length: times.length,
        fields: [
          { name: 'Time', type: FieldType.time, values: times, config: {} },
          {
            name: query,
            type: FieldType.number,
            values: rates.map((entry) => entry && pick(entry)),
            labels: { vm, ...labels },
            config: unit ? { unit } : {},
          },
        ],
      });
      return [
        frame('throughput', ({ packets, seconds }) => packets / seconds, {}, 'pps'),
        frame('loss', lossOf, {}, 'percentunit'),
        ...(timed
          ? [
              frame('cost', ({ cost, seconds }) => cost && cost / seconds),
              ...classesOf(rates).map((name) =>
                frame('exits', ({ exits, seconds }) => exits && (exits[name] ?? 0) / seconds, {
                  class: name,
                }),
              ),
            ]
          : [frame('exits', ({ userspaceExits, seconds }) => userspaceExits / seconds)]),
      ];
    });
}

function classesOf(rates: ReadonlyArray<Rates | null>): string[] {
  return [...new Set(rates.flatMap((entry) => Object.keys(entry?.exits ?? {})))].sort();
}
