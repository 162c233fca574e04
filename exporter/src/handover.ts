import type { CostReport } from './cost/index.js';
import type { ProgramState, SignalHandles } from './kernel/index.js';
import type { NfQueue } from './machine/index.js';
import type { ServeOptions } from './options.js';

/**
 * What the loader tells the server, as lines of JSON over a pipe, descriptor 3 of the server. The end of the pipe means
 * that the loader, and with it every program, is gone.
 */
export type LoaderMessage =
  | { type: 'start'; options: ServeOptions; signals: Record<string, SignalHandles> }
  | { type: 'programs'; states: ProgramState[] }
  | { type: 'queues'; queues: NfQueue[] }
  | { type: 'cost'; report: CostReport }
  | { type: 'unmeasured'; reason: string };

export const LOADER_PIPE = 3;
