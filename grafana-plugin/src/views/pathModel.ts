import { arriving, type Path, type Step, type Way } from '../capture/path';
import { packets, portion } from '../parts/format';
import { words, type Table } from '../parts/table';
import { STAGE_WORDS } from './stageWords';

/** Less than this share of the time range sampled is said. */
const COMPLETE = 0.95;

export const isSeen = ({ carried, dropped }: Step): boolean => carried !== null || dropped !== null;

/** What a step is called: the stage, and of several that capture the process. */
export const stepLabel = ({ stage, process }: Step): string =>
  process === undefined ? STAGE_WORDS[stage].label : `${STAGE_WORDS[stage].label}: ${process}`;

/** Tells apart the steps of one way. */
export const stepId = ({ stage, process = '' }: Step): string => JSON.stringify([stage, process]);

/** The way in one sentence: where most is lost, what that means, and how far to trust it. */
export function describeWay(way: Way, { ways }: Path): { result: string; trust: string; note?: string } {
  const { steps, worst } = way;
  const judged = steps.filter(({ lost }) => lost !== null).length;
  const whose = way.vm ? ` for ${way.vm}` : '';
  const rank = ways.length > 1 && way === ways[0] && worst ? ` (the worst of ${ways.length} VMs)` : '';
  const note = noteOn(steps);
  if (judged === 0) {
    return {
      result: 'Loss unknown',
      trust: `packets${whose} are counted, but not what each stage drops`,
      ...note,
    };
  }
  if (!worst) {
    const stages = judged === 1 ? 'the one stage' : `the ${judged} stages`;
    return { result: 'No loss', trust: `of packets${whose} at ${stages} whose loss is known`, ...note };
  }
  const { meaning } = STAGE_WORDS[worst.stage];
  const place = STAGE_WORDS[worst.stage].place + (worst.process === undefined ? '' : ` of ${worst.process}`);
  const whole = `${portion(arriving(way))} of what arrives gets through every stage whose loss is known`;
  return {
    result: portion(worst.lost),
    trust: `of the packets${whose}${rank} are lost at ${place}: ${meaning}. ${whole}`,
    ...note,
  };
}

/** What is missing from the sentence above: stages that are not seen, and those whose loss is not known. */
function noteOn(steps: readonly Step[]): { note?: string } {
  const all = `of ${new Set(steps.map(({ stage }) => stage)).size} stages`;
  const unseen = steps.filter((step) => !isSeen(step)).length;
  const unjudged = steps.filter((step) => isSeen(step) && step.lost === null).length;
  const parts = [
    ...(unseen > 0 ? [`${unseen} ${all} ${unseen === 1 ? 'is' : 'are'} not seen`] : []),
    ...(unjudged > 0
      ? [`the loss of ${unjudged} ${unseen === 0 ? all : unjudged === 1 ? 'other' : 'others'} is not known`]
      : []),
  ];
  return parts.length > 0 ? { note: `${parts.join('; ')}.` } : {};
}

/** A stage in a few sentences: what is lost, what it means, what to try first. */
export function describeStep({ stage, carried, dropped, lost }: Step): string {
  const { meaning, remedy, unseen } = STAGE_WORDS[stage];
  if (carried === null && dropped === null) {
    return `Not seen. ${unseen}`;
  }
  if (dropped === null) {
    return `${packets(carried)} packets got through; what is lost here is not known.`;
  }
  if (dropped === 0) {
    return carried === null
      ? 'Nothing is lost here.'
      : `Nothing is lost here of ${packets(carried)} packets.`;
  }
  const share = lost === null ? '' : ` (${portion(lost)})`;
  return `${packets(dropped)} packets${share} are lost here: ${meaning}. Try first: ${remedy}.`;
}

/**
 * How much of the range each stage was sampled, in words, where that is not all of it: once for all where they agree, else
 * stage by stage.
 */
export function describeCover({ steps }: Way, seconds: number): string {
  const seen = steps.filter(isSeen);
  const partly = seen.filter((step) => step.seconds < seconds * COMPLETE);
  const shares = new Set(partly.map((step) => portion(step.seconds / seconds)));
  if (partly.length === 0) {
    return '';
  }
  const [share] = [...shares];
  const what =
    shares.size === 1 && partly.length === seen.length
      ? share!
      : partly.map((step) => `${stepLabel(step)} ${portion(step.seconds / seconds)}`).join(', ');
  return `Sampled ${what} of the time range; no samples for the rest.`;
}

/** Where a number of lost packets ends on an axis from one packet to 10^decades: 0 … 1. */
export const logShare = (dropped: number, decades: number): number =>
  dropped < 1 ? 0 : Math.log10(dropped) / decades;

/** The powers of ten that hold the most lost packets of any stage; at least one. */
export function decadesOf(steps: readonly Step[]): number {
  const most = Math.max(1, ...steps.map(({ dropped }) => dropped ?? 0));
  return Math.max(1, Math.ceil(Math.log10(most)));
}

/** Every VM's stages, one below the other. */
export function pathTable({ ways }: Path): Table {
  const rows = ways.flatMap(({ vm, steps }) => steps.map((step) => ({ vm, step })));
  return {
    caption: `Packets through the stages of ${ways.length === 1 ? 'one way' : `${ways.length} VMs`}`,
    columns: [
      { title: 'VM', words: true },
      { title: 'Stage', words: true },
      { title: 'Counted for', words: true },
      { title: 'Got through', unit: 'packets' },
      { title: 'Lost', unit: 'packets' },
      { title: 'Loss', unit: 'share' },
      { title: 'Left of all', unit: 'share' },
    ],
    count: rows.length,
    row: (index) => {
      const { vm, step } = rows[index]!;
      const scope = !isSeen(step) ? 'not seen' : step.shared ? 'the host' : vm ? 'the VM' : 'all';
      return [
        words(vm || 'all'),
        words(stepLabel(step)),
        words(scope),
        { text: packets(step.carried), value: whole(step.carried) },
        { text: packets(step.dropped), value: whole(step.dropped) },
        { text: portion(step.lost), value: step.lost },
        { text: portion(step.after), value: step.after },
      ];
    },
  };
}

/** Packets are whole; rates over time are not quite. */
const whole = (count: number | null): number | null => (count === null ? null : Math.round(count));
