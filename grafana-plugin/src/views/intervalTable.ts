import type { Capture } from '../capture/capture';
import { dateAndClock, si } from '../parts/format';
import { formatsOf } from '../parts/formats';
import { describeMeasures } from '../parts/measures';
import { words, type Table } from '../parts/table';

/** Throughput, cost and loss interval by interval, the newest first. */
export function intervalTable(capture: Capture, timeZone: string): Table {
  const { intervals, kind, classes } = capture;
  const formats = formatsOf(capture);
  const cost = kind === 'seconds' ? 's/s' : 'exits/s';
  const perPacket = kind === 'seconds' ? 's' : 'exits';
  const titles = describeMeasures({ x: null, y: null, loss: null }, formats).map(({ label }) => label);
  const units = ['packets/s', cost, perPacket, 'share'];
  return {
    caption: `Throughput, cost and loss of ${intervals.length} intervals, the newest first`,
    columns: [
      { title: 'Time', words: true },
      { title: 'VM', words: true },
      ...titles.map((title, i) => ({ title, unit: units[i]! })),
      ...classes.map((title) => ({ title, unit: 'exits/s' })),
    ],
    count: intervals.length,
    row: (index) => {
      const interval = intervals[intervals.length - 1 - index]!;
      const { time, vm, x, y, loss, exits } = interval;
      const values = [x, y, x && y !== null ? y / x : null, loss];
      return [
        { text: dateAndClock(time, timeZone), value: new Date(time).toISOString() },
        words(vm || 'all'),
        ...describeMeasures(interval, formats).map(({ value: text }, i) => ({ text, value: values[i]! })),
        ...exits.map((value) => ({ text: si(value, 'exits/s'), value })),
      ];
    },
  };
}
