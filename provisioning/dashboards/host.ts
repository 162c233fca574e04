import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { CAPTURE_LOSS } from '../alerts/index.js';
import { polling } from './host-polling.js';
import { assemble, type Section } from './layout.js';
import { distribution, limits, lines, type Question, stacked } from './panels.js';
import { all, buckets, onHost, range, recorded } from './queries.js';

type Words = Pick<Question, 'title' | 'description' | 'unit'>;

const ofNics = (what: 'packets' | 'bytes' | 'drops', words: Words, ...more: Question['targets']) =>
  lines({
    ...words,
    targets: [
      range(
        'A',
        all(
          `trapline_path_${what}_total`,
          'stage, device, direction',
          ',stage=~"nic_hardware|nic_driver|guest_nic"',
        ),
        '{{device}} {{stage}} {{direction}}',
      ),
      ...more,
    ],
    size: [8, 9],
    next: 'appliance',
  });

const cpus: Section = {
  title: 'CPUs',
  panels: () => [
    stacked({
      title: 'What are the CPUs at?',
      description:
        'Seconds per second of all CPUs by what they are at, from samples: guests, handling of their exits, interrupts, polling of packets, moving of memory, bridging, capture, VMMs. What oprofile showed once in 2012, all the time.',
      unit: 'suffix:s/s',
      targets: [
        range(
          'A',
          all('trapline_cpu_seconds_total', 'instance, activity', ',activity!="idle"'),
          '{{instance}} {{activity}}',
        ),
      ],
      size: [12, 10],
      next: 'appliance',
    }),
    stacked({
      title: 'Which VMs take the CPUs?',
      description:
        'Seconds per second that CPUs spend for each VM: its guest, its exits, its VMM and its vhost workers.',
      unit: 'suffix:s/s',
      targets: [range('A', all('trapline_cpu_seconds_total', 'instance, vm', ',vm!=""'), '{{vm}}')],
      size: [12, 10],
      next: 'fleet',
    }),
  ],
};

const nics: Section = {
  title: 'Network cards',
  panels: () => [
    ofNics('packets', {
      title: 'How many packets come and go?',
      description: 'Packets per second of each network card, as its hardware and its driver count them.',
      unit: 'pps',
    }),
    ofNics('bytes', {
      title: 'How many bytes come and go?',
      description: 'Bytes per second of each network card, as its hardware and its driver count them.',
      unit: 'Bps',
    }),
    ofNics(
      'drops',
      {
        title: 'What do cards and drivers drop?',
        description:
          'Packets per second for which a card had no buffer (nic_hardware), and those that its driver could not send. rx_dropped of cards and bridges is no loss figure: it counts packets that no protocol wanted, and captures got most of them.',
        unit: 'pps',
      },
      range(
        'B',
        all('trapline_path_rx_dropped_total', 'stage, device', ',stage!="tap"'),
        '{{device}} {{stage}} rx_dropped',
      ),
    ),
    lines({
      title: 'Which stage of the host loses how much?',
      description:
        'Share of the packets that a stage of the host dropped on the way in, whoever they were for; of bridges, filters and queues the worst.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          recorded('instance_vm_stage:trapline_loss:ratio_rate1m', 'instance, stage', `${onHost},vm=""`),
          '{{instance}} {{stage}}',
        ),
      ],
      size: [12, 8],
      next: 'appliance',
    }).thresholds(limits(CAPTURE_LOSS.warning, CAPTURE_LOSS.critical)),
    lines({
      title: 'What do bridges carry and drop?',
      description:
        'Packets per second that came into bridges and that they gave out, and packets that they dropped, by port and reason.',
      unit: 'pps',
      targets: [
        range(
          'A',
          all('trapline_path_packets_total', 'device, direction', ',stage="bridge"'),
          '{{device}} {{direction}}',
        ),
        range('B', all('trapline_bridge_drops_total', 'device'), '{{device}} dropped'),
        range(
          'C',
          all('trapline_bridge_drop_reasons_total', 'device, port, reason'),
          '{{device}} dropped at {{port}}: {{reason}}',
        ),
      ],
      size: [12, 8],
      next: 'appliance',
    }),
  ],
};

const interrupts: Section = {
  title: 'Interrupts and softirqs',
  panels: () => [
    lines({
      title: 'How often do network cards interrupt?',
      description: 'Interrupts per second by card and queue. Many more than packets ÷ 64 are not moderated.',
      unit: 'suffix:interrupts/s',
      targets: [range('A', all('trapline_nic_interrupts_total', 'device, queue'), '{{device}} {{queue}}')],
      size: [6, 9],
      next: 'trapline',
    }),
    stacked({
      title: 'How long do their handlers run?',
      description:
        'Seconds per second in the interrupt handlers of network cards; what they leave to softirqs is not in it.',
      unit: 'suffix:s/s',
      targets: [
        range('A', all('trapline_nic_interrupt_seconds_total', 'device, queue'), '{{device}} {{queue}}'),
      ],
      size: [6, 9],
      next: 'trapline',
    }),
    stacked({
      title: 'How long do softirqs of the network run?',
      description: 'Seconds per second, with the interrupts that came meanwhile.',
      unit: 'suffix:s/s',
      targets: [range('A', all('trapline_softirq_seconds_total', 'instance, vector'), '{{vector}}')],
      size: [6, 9],
      next: 'trapline',
    }),
    distribution({
      title: 'How long do softirqs wait?',
      description:
        'Softirqs per second by the time from being asked for to running. Milliseconds mean that something else holds the CPU.',
      unit: 's',
      targets: [buckets('A', all('trapline_softirq_latency_seconds_bucket', 'le'))],
      size: [6, 9],
      next: 'trapline',
    }),
  ],
};

/** *Host*: what happens to packets before anybody knows whose they are. */
export const host = (): Dashboard =>
  assemble({
    name: 'host',
    title: 'Host',
    description: 'Network cards, interrupts, polling and what the CPUs of a host are at.',
    vm: false,
    sections: [cpus, nics, interrupts, polling],
  });
