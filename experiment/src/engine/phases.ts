/** The cycle of the study, in its order: what is done for each cell. */
export const PHASES = [
  'prepare',
  'load the sensor',
  'start logging',
  'start the load',
  'discard warm-up',
  'collect',
  'discard cool-off',
  'stop the load',
  'unload the sensor',
  'store',
  'clean up',
] as const;
export type Phase = (typeof PHASES)[number];
