/** What the colour of a point tells. */
export type ColorBy = 'time' | 'vm' | 'loss';

export const COLOR_CHOICES: ReadonlyArray<{ value: ColorBy; label: string }> = [
  { value: 'time', label: 'Time' },
  { value: 'vm', label: 'VM' },
  { value: 'loss', label: 'Loss' },
];
