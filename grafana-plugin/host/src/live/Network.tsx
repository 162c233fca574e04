import type { LiveNic, LiveSample } from '../../../../exporter/src/live/protocol';
import { rate, share, toneOf } from './columns';
import { Figures, type Figure } from './Figures';
import { stageKey, type Growth } from './history';
import { lastMinute, lossOf, waitedAtMost } from './minute';
import { count, duration, share as shareText } from './numbers';
import { Section } from './Section';
import { per } from './summary';
import { Table, type Column } from './Table';

interface Props {
  readonly newest: LiveSample;
  readonly growths: readonly Growth[];
}

/** How packets enter this machine: its NICs, and the kernel's receive path behind them. */
export function Network({ newest, growths }: Props) {
  const rows = nicRows(newest, growths);
  const more = newest.left?.nics;
  return (
    <Section title="Network of this machine" note={more ? `${more} more are in /metrics` : 'last minute'}>
      {rows.length > 0 && (
        <Table
          caption="Network devices"
          rows={rows}
          head="Device"
          nameOf={({ device }) => device}
          columns={columns.filter(({ value }) => rows.some((row) => value(row) !== null))}
        />
      )}
      <Figures figures={figuresOf(growths)} />
    </Section>
  );
}

/** Rates over the last minute; null where not seen. */
interface Row {
  readonly device: string;
  readonly packets: number | null;
  readonly missed: number | null;
  readonly rxDropped: number | null;
  readonly interrupts: number | null;
  readonly interruptSeconds: number | null;
  readonly packetsPerPoll: number | null;
  readonly exhausted: number | null;
  readonly kicks: number | null;
}

const columns: ReadonlyArray<Column<Row>> = [
  rate('Packets/s', 'Received, as the driver counts them', ({ packets }) => packets),
  {
    ...rate<Row>('Missed/s', 'Packets for which the hardware had no room', ({ missed }) => missed),
    tone: ({ missed, packets }) => toneOf(lossOf(packets ?? 0, missed ?? 0)),
  },
  rate(
    'rx_dropped/s',
    'The kernel’s rx_dropped. Not a loss figure: it counts packets that no protocol wanted, and captures got most of them',
    ({ rxDropped }) => rxDropped,
  ),
  rate('Interrupts/s', 'Interrupts of its queues', ({ interrupts }) => interrupts),
  share(
    'In interrupts',
    'Share of a CPU that their handlers use; softirqs are not in it',
    ({ interruptSeconds }) => interruptSeconds,
  ),
  rate('Packets/poll', 'Packets that one poll of the device brings', ({ packetsPerPoll }) => packetsPerPoll),
  share('Full polls', 'Polls that used up their budget: more was waiting', ({ exhausted }) => exhausted),
  rate('Kicks/s', 'Times the virtio driver notified the host', ({ kicks }) => kicks),
];

/** Devices with a stage of the path, and what else was polled in the last minute. */
function nicRows({ path, nics }: LiveSample, growths: readonly Growth[]): Row[] {
  const staged = path.filter(({ stage }) => /^(nic_hardware|nic_driver|guest_nic)$/.test(stage));
  const devices = new Set([...staged, ...nics].map(({ device }) => device));
  const rows = [...devices].map((device) => {
    const stage = (name: string) => {
      const minute = lastMinute(growths, (growth) => growth.path.get(stageKey({ stage: name, device })));
      return {
        packets: per(minute?.of.packets, minute?.seconds),
        drops: per(minute?.of.drops, minute?.seconds),
        rxDropped: per(minute?.of.rxDropped, minute?.seconds),
      };
    };
    const minute = lastMinute(growths, (growth) => growth.nics.get(device));
    const nic: Partial<LiveNic> = minute?.of ?? {};
    const driver = stage('nic_driver');
    const inGuest = stage('guest_nic');
    return {
      device,
      packets: driver.packets ?? inGuest.packets ?? per(nic.polled, minute?.seconds),
      missed: stage('nic_hardware').drops,
      rxDropped: driver.rxDropped ?? inGuest.rxDropped,
      interrupts: per(nic.interrupts, minute?.seconds),
      interruptSeconds: per(nic.interruptSeconds, minute?.seconds),
      packetsPerPoll: per(nic.polled, nic.polls),
      exhausted: per(nic.exhausted, nic.polls),
      kicks: per(nic.kicks, minute?.seconds),
    };
  });
  return rows.filter(
    ({ device, packets, interrupts }) =>
      staged.some((stage) => stage.device === device) || packets || interrupts,
  );
}

/** The receive path behind the NICs. */
function figuresOf(growths: readonly Growth[]): Figure[] {
  const softnet = lastMinute(growths, ({ path }) => path.get('softnet/') ?? path.get('guest_softnet/'));
  const squeezed = lastMinute(growths, (growth) => growth.squeezed !== null && { squeezed: growth.squeezed });
  const drops = softnet?.of.drops ?? 0;
  const lost = softnet && lossOf(softnet.of.packets ?? 0, drops);
  return [
    ...(['net_rx', 'net_tx'] as const).flatMap((vector) => softirqFigures(growths, vector)),
    ...(softnet
      ? [
          {
            name: 'Through the backlog',
            text: count(per(softnet.of.packets, softnet.seconds), '/s'),
            meaning:
              'Passes through the kernel’s receive path; through a bridge a packet passes more than once',
          },
          {
            name: 'Backlog drops',
            text: count(drops / softnet.seconds, '/s'),
            meaning: 'Packets that found the backlog of a CPU full',
            tone: toneOf(lost),
          },
        ]
      : []),
    ...(squeezed
      ? [
          {
            name: 'Squeezed rounds',
            text: count(squeezed.of.squeezed / squeezed.seconds, '/s'),
            meaning: 'Rounds of polling that ended with packets left',
          },
        ]
      : []),
  ];
}

const SOFTIRQS = { net_rx: 'Receive softirq', net_tx: 'Send softirq' } as const;

function softirqFigures(growths: readonly Growth[], vector: keyof typeof SOFTIRQS): Figure[] {
  const minute = lastMinute(growths, ({ softirqs }) => softirqs?.[vector]);
  const { seconds, waits } = minute?.of ?? {};
  const wait = waitedAtMost(waits ?? [], 0.99);
  return [
    ...(seconds === undefined
      ? []
      : [
          {
            name: SOFTIRQS[vector],
            text: `${shareText(per(seconds, minute?.seconds))} of a CPU`,
            meaning: `Time in the ${vector.toUpperCase()} softirq on all CPUs together`,
          },
        ]),
    ...(wait === null || vector === 'net_tx'
      ? []
      : [
          {
            name: 'Receive latency, p99',
            text: `≤ ${duration(wait)}`,
            meaning: 'From asking for the receive softirq to its run: 99 of 100 wait no longer',
          },
        ]),
  ];
}
