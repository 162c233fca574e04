export { summarize, VmExitCollector, vmExitDescription, type ExitSummary } from './collector.js';
export { VmTotals } from './fleet.js';
export { Ledger, type ProcessKey } from './ledger.js';
export { vmExitSignal } from './signal.js';
