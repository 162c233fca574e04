import { budget } from './Budget';
import { correlation } from './Correlation';
import { path } from './Path';
import { timeline } from './Timeline';

/** Every view, in the order of the switch. */
export const VIEWS = [correlation, timeline, budget, path] as const;

export type ViewId = (typeof VIEWS)[number]['id'];
