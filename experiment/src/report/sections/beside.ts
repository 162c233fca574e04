/** The run beside what the study published. */
import type { CellResult } from '../../results.js';
import { meanInterval, ratioInterval } from '../../statistics/interval.js';
import type { Context } from '../context.js';
import { type DotRow, dotRows } from '../figures/dots.js';
import { figure, tableOf } from '../figures/figure.js';
import { percent, short } from '../format.js';
import { type Markup, markup } from '../markup.js';
import { deliveredRate } from '../measures.js';
import { methodColor, studyColor } from '../palette.js';
import { studyAt, STUDY_SIZES, type StudySize } from '../study.js';
import { sizeWords } from '../words.js';

export function besideTheStudy(context: Context): Markup {
  const sizes = STUDY_SIZES.filter((size) => context.results.some(({ cell }) => cell.size === size));
  if (sizes.length === 0)
    return markup`<p>The study measured 64, 256 and 1518 B; this run has none of them to put beside.</p>`;
  return markup`${ratios(context, sizes)}${rates(context, sizes)}`;
}

/** Ratios survive another machine; rates do not. */
function ratios(context: Context, sizes: readonly StudySize[]): Markup | undefined {
  const { methods, briefly } = context;
  const facets = sizes.map((size) => ({
    size,
    ours: methods.flatMap((method, i) => {
      const [guest, host] = (['guest', 'host'] as const).map((platform) =>
        cellsOf(context, platform, method, size).map(({ delivered, offered }) => delivered / offered),
      );
      const interval = guest!.length > 0 && host!.length > 0 ? ratioInterval(guest!, host!) : undefined;
      return interval ? [{ title: briefly(method), interval, color: methodColor(i) }] : [];
    }),
    study: studyShares(size),
  }));
  if (facets.every(({ ours }) => ours.length === 0)) return undefined;
  // An interval of few values that scatter may reach far to the right of everything else.
  const reach = ({ mean, high }: { mean: number; high?: number }) => Math.min(high ?? mean, 2 * mean);
  const max = Math.max(1, ...facets.flatMap(({ ours }) => ours.map(({ interval }) => reach(interval))));
  return figure({
    id: 'guest-share',
    title: 'What is left of a method in a guest?',
    caption: markup`What a method captures in the guest as a share of what it captures on the host, each of what was offered there: here with 95 % intervals,
and in the study, where bars reach from the slowest to the fastest way to use a method. Unlike rates, shares can be compared between machines. Where
neither loses anything, the share is all.`,
    legend: [
      { name: 'this run', color: methodColor(0), mark: 'dot' },
      { name: 'the study, 2012', color: studyColor, mark: 'diamond' },
    ],
    facets: facets.map(({ size, ours, study }) => ({
      title: sizeWords(size),
      drawing: dotRows(
        [
          ...ours.map(({ title, interval, color }): DotRow => ({
            label: title,
            dots: [{ name: 'this run', color, mark: 'dot', interval }],
          })),
          ...study.map(({ method, mean, low, high }): DotRow => ({
            label: method,
            dots: [
              {
                name: 'the study',
                color: studyColor,
                mark: 'diamond',
                interval: { n: 4, mean, low, high },
              },
            ],
          })),
        ],
        {
          says: `What is captured in the guest as a share of what is captured on the host, ${sizeWords(size)}. The numbers are in the table below.`,
          max,
          shown: percent,
        },
      ),
    })),
    table: {
      head: ['Size', 'Method', 'Source', 'Guest as a share of the host', 'from', 'to'],
      keys: 3,
      rows: facets.flatMap(({ size, ours, study }) => [
        ...ours.map(({ title, interval: { mean, low, high } }) => [
          sizeWords(size),
          title,
          'this run',
          percent(mean),
          percent(low),
          percent(high),
        ]),
        ...study.map(({ method, mean, low, high }) => [
          sizeWords(size),
          method,
          'study, 2012',
          percent(mean),
          percent(low),
          percent(high),
        ]),
      ]),
    },
  });
}

/** The study found no difference between methods in the guest, so its mean of all stands for each. */
function studyShares(size: StudySize) {
  const { guest, host } = studyAt(size);
  return host.map(({ method, mean, lowest, highest }) => ({
    method,
    mean: guest.mean / mean,
    low: guest.mean / highest,
    high: guest.mean / lowest,
  }));
}

/** Absolute numbers, for whoever wants to see how far machines are apart. */
function rates(context: Context, sizes: readonly StudySize[]): Markup {
  const { methods, titleOf } = context;
  const ours = (['host', 'guest'] as const).flatMap((platform) =>
    methods.flatMap((method) => {
      const cells = sizes.map((size) => {
        const values = cellsOf(context, platform, method, size).map(deliveredRate);
        return values.length === 0 ? '–' : short(meanInterval(values).mean / 1e3);
      });
      return cells.every((cell) => cell === '–') ? [] : [['this run', platform, titleOf(method), ...cells]];
    }),
  );
  const study = sizes.map((size) => studyAt(size));
  const range = (low: number, high: number) => `${short(low / 1e3)} to ${short(high / 1e3)}`;
  const theirs = [
    ...study[0]!.host.map(({ method }, i) => [
      'study, 2012',
      'host',
      method,
      ...study.map(({ host }) => range(host[i]!.lowest, host[i]!.highest)),
    ]),
    ['study, 2012', 'guest', 'all methods', ...study.map(({ guest }) => range(guest.lowest, guest.highest))],
  ];
  return markup`<h3 id="beside-rates">Packets a second, side by side</h3>
<p>In kpps; ranges of the study are over its monitors and flows, in the guest over all twelve ways. They are from another decade and another machine: two
Xeon E5520, Linux 3.2, 10 Gbit/s.</p>
${tableOf(
  {
    head: ['Source', 'Platform', 'Method', ...sizes.map(sizeWords)],
    keys: 3,
    rows: [...ours, ...theirs],
  },
  'Packets a second beside the study',
)}`;
}

const cellsOf = (
  { results }: Context,
  platform: CellResult['cell']['platform'],
  method: string,
  size: StudySize,
): CellResult[] =>
  results.filter(({ cell }) => cell.platform === platform && cell.method === method && cell.size === size);
