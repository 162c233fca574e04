import type { ProgramState } from '../kernel/index.js';
import type { Role } from '../machine/index.js';
import { modules } from './catalogue.js';

/** What became of a program: attached, waiting for a kernel module, or refused. */
export interface Verdict extends Pick<ProgramState, 'program' | 'hook' | 'reason'> {
  collector: string;
  /** What this collector sees, in a line. */
  sees: string;
  verdict: 'ok' | 'waits' | 'fails';
  /** Metrics that are left out, or some of whose series are, while it is not attached. */
  absent: string[];
  /** What to do about it; empty where nothing needs doing or nothing is known. */
  remedy: string;
}

const collectors = new Map(
  modules.flatMap(({ signals, description }) => signals.map(({ name }) => [name, description])),
);
const needs = new Map(modules.flatMap(({ signals }) => signals.map((signal) => [signal.name, signal.needs])));

const needing = (signal: string, program: string): string[] => [
  ...new Set(
    needs.get(signal)?.flatMap(({ metrics, programs }) => (programs.includes(program) ? metrics : [])),
  ),
];

/** The programs with their collectors, in the words of `trapline doctor` and of the live page. */
export function verdicts(states: readonly ProgramState[]): Verdict[] {
  return states.map(({ signal, program, hook, attached, reason }) => ({
    collector: collectors.get(signal)?.name ?? signal,
    sees: collectors.get(signal)?.help ?? '',
    program,
    hook,
    verdict: attached ? 'ok' : reason.startsWith('waits') ? 'waits' : 'fails',
    reason,
    absent: attached ? [] : needing(signal, program),
    remedy: attached ? '' : (REMEDIES.find(([pattern]) => pattern.test(reason))?.[1] ?? ''),
  }));
}

/** By the reasons that kernel/refusal.ts and kernel/attachments.ts give; those that are left out name theirs themselves. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^waits for/, 'It attaches by itself when the module is loaded.'],
  [
    /^this kernel refuses programs of this type/,
    'Programs on kernel functions need a kernel built with CONFIG_FUNCTION_TRACER that lets root use them, as those of the large distributions do.',
  ],
  [/^this kernel does not (have the hook|support it)/, 'A newer kernel may have it.'],
  [/^over the cost budget/, 'It comes back when there is room; --cost-budget sets how much there is.'],
  [
    /^(refused by the verifier|the hook has other arguments)/,
    'Please report it with the version of this kernel.',
  ],
];

const EXITS = ['trapline_vm_exits_total', 'trapline_vm_exit_seconds_total'];
const CAPTURE = ['trapline_capture_packets_total', 'trapline_capture_drops_total'];

/** The metrics without which Trapline does not do what it is for on a machine of that role. */
const CORE: Readonly<Record<Role, readonly string[]>> = {
  host: EXITS,
  guest: CAPTURE,
  both: [...EXITS, ...CAPTURE],
  bare_metal: CAPTURE,
};

/** The metrics of the core of a role that are left out because a program was refused. */
export function missingCore(all: readonly Verdict[], role: Role): string[] {
  const missing = new Set(all.flatMap(({ verdict, absent }) => (verdict === 'fails' ? absent : [])));
  return CORE[role].filter((metric) => missing.has(metric));
}
