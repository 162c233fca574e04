import type { LiveCapture, LiveSample } from '../../../../exporter/src/live/protocol';
import { si } from '../../../src/parts/format';
import { loss, rate } from './columns';
import { captureKey, captureName, type Growth } from './history';
import { lastMinute, lossOf } from './minute';
import { Section } from './Section';
import { per } from './summary';
import { Table, type Column } from './Table';

interface Row extends LiveCapture {
  readonly delivery: number | null;
  readonly dropping: number | null;
  readonly freezing: number | null;
  readonly loss: number | null;
}

const columns: ReadonlyArray<Column<Row>> = [
  rate('Delivered/s', 'Packets that reached the application', ({ delivery }) => delivery),
  rate('Dropped/s', 'Packets that found the ring or the receive buffer full', ({ dropping }) => dropping),
  loss('Share of the packets offered to the sockets that they dropped', (row) => row.loss),
  {
    name: 'Ring',
    meaning: 'Size of the rings, or of the receive buffers where there is no ring',
    value: ({ ringBytes }) => ringBytes,
    text: ({ ringBytes }) => si(ringBytes, 'B'),
  },
  rate('Frozen/s', 'Times a ring was found full and frozen; only v3 tells', ({ freezing }) => freezing),
  rate('Sockets', 'Open sockets', ({ sockets }) => sockets),
];

interface Props {
  readonly newest: LiveSample;
  readonly growths: readonly Growth[];
}

/** What the capture sockets of this machine delivered and dropped over the last minute. */
export function Captures({ newest: { captures, left }, growths }: Props) {
  const rows = captures
    .filter(({ sockets }) => sockets > 0)
    .map((capture): Row => {
      const minute = lastMinute(growths, ({ captures: all }) => all.get(captureKey(capture)));
      const { delivered, drops, frozen } = minute?.of ?? {};
      const seconds = minute?.seconds;
      return {
        ...capture,
        delivery: per(delivered, seconds),
        dropping: per(drops, seconds),
        freezing: per(frozen, seconds),
        loss: delivered === undefined || drops === undefined ? null : lossOf(delivered, drops),
      };
    });
  if (rows.length === 0) {
    return null;
  }
  return (
    <Section
      title="Capture sockets of this machine"
      note={left?.captures ? `${left.captures} more are in /metrics` : 'last minute'}
    >
      <Table
        caption="Capture sockets"
        rows={rows}
        head="Process, container, device, method"
        nameOf={(row) => `${captureName(row)} on ${row.device}, ${NAMES[row.method] ?? row.method}`}
        columns={columns}
      />
    </Section>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  plain: 'no ring',
  v1: 'ring v1',
  v2: 'ring v2',
  v3: 'ring v3',
  xdp: 'AF_XDP',
};
