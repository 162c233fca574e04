import type { PanelOptionsEditorBuilder } from '@grafana/data';

/** What the bars show: packets to scale, or only the lost ones by their order of magnitude. */
export type PathScale = 'share' | 'drops';

/** Options of the path, saved in a dashboard. */
export interface PathOptions {
  readonly path: { readonly scale: PathScale };
}

export const PATH_DEFAULTS: PathOptions = { path: { scale: 'share' } };

export const SCALE_CHOICES: ReadonlyArray<{ value: PathScale; label: string; description: string }> = [
  { value: 'share', label: 'To scale', description: 'What is left of the packets at each stage' },
  { value: 'drops', label: 'Drops, log', description: 'Lost packets alone, by their order of magnitude' },
];

export function addPathOptions<Options extends PathOptions & { readonly view: string }>(
  builder: PanelOptionsEditorBuilder<Options>,
): void {
  builder.addRadio({
    path: 'path.scale',
    name: 'Bars show',
    category: ['Path'],
    defaultValue: PATH_DEFAULTS.path.scale,
    settings: { options: [...SCALE_CHOICES] },
    showIf: ({ view }) => view === 'path',
  });
}
