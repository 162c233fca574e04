/** Narrower than this many pixels, bars stand under their labels, and columns that the table of numbers has go. */
export const NARROW = 560;

/** Lower than this many pixels, the key scrolls with the bars, so that it does not push them out. */
export const LOW = 360;
