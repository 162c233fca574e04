import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import type { Mark } from '../plot/marks';

/** Something that somebody noted on the dashboard. */
export interface Annotation extends Mark {
  readonly text: string;
}

/** Reads what the dashboard's annotation queries answered: columns time, timeEnd, title, text, color. */
export function annotationsOf(frames: readonly DataFrame[], theme: GrafanaTheme2): Annotation[] {
  return frames.flatMap((frame) => {
    const column = (name: string): readonly unknown[] =>
      frame.fields.find((field) => field.name === name)?.values ?? [];
    const [times, ends, titles, texts, colors] = ['time', 'timeEnd', 'title', 'text', 'color'].map(column);
    return times!.flatMap((time, i) => {
      if (typeof time !== 'number') {
        return [];
      }
      const end = ends![i];
      const words = [titles![i], texts![i]].filter((part) => typeof part === 'string' && part !== '');
      return [
        {
          from: time,
          to: typeof end === 'number' && end > time ? end : time,
          color: theme.visualization.getColorByName(String(colors![i] || 'blue')),
          text: plain(words.join(': ')) || 'Annotation',
        },
      ];
    });
  });
}

/** Annotations may carry HTML; they are shown as text, so that its tags would only disturb. */
function plain(text: string): string {
  return text.replace(/<[^>]*>/g, '').trim();
}

/** The annotations of one interval: those that begin, end or last within it. */
export function during(annotations: readonly Annotation[], begin: number, end: number): Annotation[] {
  return annotations.filter(({ from, to }) => from <= end && to > begin);
}
