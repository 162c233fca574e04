import { correlation } from './Correlation';
import { timeline } from './Timeline';

/** Every view, in the order of the switch. */
export const VIEWS = [correlation, timeline] as const;

export type ViewId = (typeof VIEWS)[number]['id'];
