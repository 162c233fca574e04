import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { FRAMES, LINKS, type LineRate } from './lineRate';

/** Options of the budget, saved in a dashboard. */
export interface BudgetOptions {
  readonly budget: LineRate & {
    /** CPUs that may work on a VM's packets, where no series says it. */
    readonly cores: number;
  };
}

export const BUDGET_DEFAULTS: BudgetOptions = { budget: { cores: 1, link: 10, frame: 64 } };

export function addBudgetOptions<Options extends BudgetOptions & { readonly view: string }>(
  builder: PanelOptionsEditorBuilder<Options>,
): void {
  const defaults = BUDGET_DEFAULTS.budget;
  const category = ['Budget'];
  const showIf = ({ view }: Options) => view === 'budget';
  builder
    .addNumberInput({
      path: 'budget.cores',
      name: 'CPUs',
      description: 'That may work on the packets of a VM, where no query named “cores” says it.',
      category,
      defaultValue: defaults.cores,
      settings: { min: 1, step: 1 },
      showIf,
    })
    .addRadio({
      path: 'budget.link',
      name: 'Link, Gbit/s',
      category,
      defaultValue: defaults.link,
      settings: { options: LINKS.map((value) => ({ value, label: String(value) })) },
      showIf,
    })
    .addRadio({
      path: 'budget.frame',
      name: 'Frames, bytes',
      description: 'With their checksum; preamble and gap (20 B) are added.',
      category,
      defaultValue: defaults.frame,
      settings: { options: FRAMES.map((value) => ({ value, label: String(value) })) },
      showIf,
    });
}
