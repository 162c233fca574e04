import type { StandardEditorProps } from '@grafana/data';
import { Combobox } from '@grafana/ui';
import { useMemo } from 'react';
import { readSeries } from '../capture/series';

/** Chooses a query, metric or single field of the present data by name, or a name yet to come. */
export function FieldNameEditor({ value, onChange, context, id }: StandardEditorProps<string | undefined>) {
  const options = useMemo(() => nameChoices(context.data), [context.data]);
  return (
    <Combobox
      id={id}
      options={options}
      value={value ?? null}
      placeholder="Find it"
      isClearable
      createCustomValue
      onChange={(choice) => onChange(choice?.value)}
    />
  );
}

function nameChoices(frames: StandardEditorProps['context']['data']) {
  const choices = new Map<string, string>();
  for (const { query, metric, name } of readSeries(frames)) {
    choices.set(name, 'one field');
    choices.set(metric, 'every field of this name');
    if (query) {
      choices.set(query, 'every field of this query');
    }
  }
  return [...choices].map(([value, description]) => ({ value, label: value, description }));
}
