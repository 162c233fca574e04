import { budgetRules } from './budget.js';
import { costRules } from './cost.js';
import { guestRules } from './guests.js';
import { pathRules } from './path.js';
import type { RecordingRule } from './rule.js';
import { wayRules } from './ways.js';

export type { RecordingRule } from './rule.js';

/** Every recording rule that ships; each uses only those before it. */
export const recordingRules: readonly RecordingRule[] = [
  ...guestRules,
  ...pathRules,
  ...wayRules,
  ...costRules,
  ...budgetRules,
];
