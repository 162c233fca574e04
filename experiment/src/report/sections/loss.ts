/** Where the packets went: the question that the study left open. */
import type { Context } from '../context.js';
import { figure } from '../figures/figure.js';
import { stackedBars } from '../figures/stacked.js';
import { percent, whole } from '../format.js';
import { groupsBy, levelsOf } from '../groups.js';
import { type Markup, markup } from '../markup.js';
import { isSound, ledgerOf, lostIn } from '../measures.js';
import { stageColor } from '../palette.js';
import { capital, sizeWords, STAGE_WORDS } from '../words.js';

export function loss(context: Context): Markup {
  const { results, methods, titleOf, nameOf } = context;
  const manyFlows = levelsOf(results, 'flows').length > 1;
  const stages = ledgerOf(results).lost.map(({ stage }) => stage);
  return figure({
    id: 'loss-ledger',
    title: 'At which stage were packets lost?',
    caption: markup`Of all packets that were offered, those that were captured and those that each stage lost, over the whole load. What stands
at the end of a bar is the share captured.`,
    legend: [
      { name: 'captured', color: stageColor('delivered') },
      ...stages.map((stage) => ({ name: `lost at ${STAGE_WORDS[stage]}`, color: stageColor(stage) })),
    ],
    facets: groupsBy(results, 'monitor', 'platform').map(({ at, results: cells }) => ({
      title: capital(nameOf(at)),
      drawing: stackedBars(
        methods.flatMap((method) =>
          groupsBy(
            cells.filter(({ cell }) => cell.method === method),
            'size',
            'flows',
          ).map((group) => {
            const { offered, delivered, lost } = ledgerOf(group.results);
            return {
              group: titleOf(method),
              label: manyFlows ? `${sizeWords(group.at.size)} ${group.at.flows}` : sizeWords(group.at.size),
              parts: [
                { name: 'captured', value: delivered / offered, color: stageColor('delivered') },
                ...lost.map(({ stage, frames }) => ({
                  name: `lost at ${STAGE_WORDS[stage]}`,
                  value: frames / offered,
                  color: stageColor(stage),
                })),
              ],
              total: percent(delivered / offered),
            };
          }),
        ),
        {
          says: `Shares of the offered packets captured and lost by stage, ${nameOf(at)}. The counts are in the table below.`,
          max: 1,
          tick: percent,
          shown: ({ value }) => percent(value),
        },
      ),
    })),
    table: {
      head: [
        'Platform',
        'Method',
        'Monitor',
        'Flows',
        'Size',
        'Offered',
        'Captured',
        ...stages.map((stage) => `Lost at ${STAGE_WORDS[stage]}`),
        'Unaccounted',
        'Sound cells',
      ],
      keys: 5,
      rows: groupsBy(results, 'platform', 'method', 'monitor', 'flows', 'size').map(
        ({ at, results: cells }) => {
          const { offered, delivered, lost } = ledgerOf(cells);
          const missing = offered - delivered - cells.reduce((sum, cell) => sum + lostIn(cell), 0);
          return [
            at.platform,
            titleOf(at.method),
            at.monitor,
            at.flows,
            sizeWords(at.size),
            whole(offered),
            whole(delivered),
            ...stages.map((stage) => whole(lost.find((one) => one.stage === stage)?.frames ?? 0)),
            whole(missing),
            `${cells.filter(isSound).length} of ${cells.length}`,
          ];
        },
      ),
    },
  });
}
