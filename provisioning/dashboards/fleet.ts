import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { CAPTURE_LOSS } from '../alerts/index.js';
import { assemble, type Section } from './layout.js';
import { aboutRow, aboutSeries } from './links.js';
import { firing, limits, lines, rows } from './panels.js';
import { nowTable, onHost, range, recorded } from './queries.js';

const perVm = 'instance, vm';
const everyVm = `${onHost},vm!=""`;
/** As many lines as an eye can tell apart. */
const most = (expr: string) => `topk(10, ${expr})`;
const costPerPacket = 'instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m';
const lossLimits = () => limits(CAPTURE_LOSS.warning, CAPTURE_LOSS.critical);

/** A column of the table of VMs. */
const columns: readonly (readonly [refId: string, name: string, unit: string, record: string])[] = [
  ['loss', 'Loss', 'percentunit', 'instance_vm:trapline_loss:ratio_rate1m'],
  ['captured', 'Captured', 'pps', 'instance_vm:trapline_captured:rate1m'],
  ['cost', 'Cost of a packet', 's', costPerPacket],
  ['exits', 'Exits per packet', 'short', 'instance_vm:trapline_exits_per_packet:ratio_rate1m'],
  ['budget', 'Budget used', 'percentunit', 'instance_vm:trapline_packet_budget_used:ratio_rate1m'],
];
/** With the loss before it, the stage that loses most, where one loses; it is the label, the number says the loss again. */
const lossByStage =
  `max by (${perVm}, stage) (instance_vm_tap_hop_stage:trapline_loss:ratio_rate1m{${everyVm}})` +
  ` or sum by (${perVm}, stage) (instance_vm_stage:trapline_loss:ratio_rate1m{${everyVm}})`;
const worstStage = `topk by (${perVm}) (1, (${lossByStage}) > 0)`;

const vms: Section = {
  title: 'VMs',
  panels: () => [
    columns
      .reduce(
        (table, [refId, name, unit]) =>
          table.overrideByName(`Value #${refId}`, [
            { id: 'displayName', value: name },
            { id: 'unit', value: unit },
          ]),
        rows(
          {
            title: 'Which VM loses packets, and what do they cost?',
            description:
              'Every VM with its loss between NIC and capture, what it captures, what one packet takes, the share of its packet budget that is gone, and the stage that loses most. Choose a name to see its story.',
            unit: 'short',
            targets: [
              ...columns.map(([refId, , , record]) => nowTable(refId, recorded(record, perVm, everyVm))),
              nowTable('stage', worstStage),
            ],
            size: [24, 11],
            next: 'appliance',
          },
          ['Value #stage'],
        ),
      )
      .overrideByName('vm', [
        { id: 'displayName', value: 'VM' },
        { id: 'links', value: [aboutRow('appliance')] },
      ])
      .overrideByName('instance', [
        { id: 'displayName', value: 'Host' },
        { id: 'links', value: [aboutRow('host')] },
      ])
      .overrideByName('stage', [{ id: 'displayName', value: 'Worst stage' }])
      .overrideByName('Value #loss', [
        { id: 'thresholds', value: lossLimits().build() },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      ]),
    lines({
      title: 'Which VMs lose most?',
      description: 'Share of the packets lost between NIC and capture, of the ten VMs that lose most.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          most(recorded('instance_vm:trapline_loss:ratio_rate1m', perVm, everyVm)),
          '{{vm}} on {{instance}}',
        ),
      ],
      size: [12, 9],
      next: 'appliance',
    })
      .thresholds(lossLimits())
      .overrideByQuery('A', [{ id: 'links', value: [aboutSeries('appliance')] }]),
    lines({
      title: 'Whose packets cost most?',
      description: 'Time spent on one captured packet by all who work on it, of the ten dearest VMs.',
      unit: 's',
      targets: [range('A', most(recorded(costPerPacket, perVm, everyVm)), '{{vm}} on {{instance}}')],
      size: [12, 9],
      next: 'appliance',
    }).overrideByQuery('A', [{ id: 'links', value: [aboutSeries('appliance')] }]),
    lines({
      title: 'Who comes near the limit?',
      description: 'Share of the packet budget that is gone, of the ten VMs that have least left.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          most(recorded('instance_vm:trapline_packet_budget_used:ratio_rate1m', perVm, everyVm)),
          '{{vm}} on {{instance}}',
        ),
      ],
      size: [12, 9],
      next: 'appliance',
    })
      .max(1)
      .overrideByQuery('A', [{ id: 'links', value: [aboutSeries('appliance')] }]),
    firing({
      title: 'What is wrong now?',
      description: 'Alerts of Trapline that fire or are about to.',
      size: [12, 9],
      next: 'trapline',
    }),
  ],
};

const hosts: Section = {
  title: 'Hosts',
  panels: () => [
    lines({
      title: 'Which hosts lose packets before a VM could get them?',
      description:
        'Share of the packets that a stage of a host dropped, whoever they were for; of bridges, filters and queues the worst.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          recorded('instance_vm_stage:trapline_loss:ratio_rate1m', 'instance, stage', `${onHost},vm=""`),
          '{{instance}} {{stage}}',
        ),
      ],
      size: [12, 9],
      next: 'host',
    })
      .thresholds(lossLimits())
      .overrideByQuery('A', [{ id: 'links', value: [aboutSeries('host')] }]),
    rows(
      {
        title: 'Which machines are watched?',
        description: 'Every machine that runs Trapline, what it is, and whether its last scrape succeeded.',
        unit: 'none',
        targets: [
          // What is aggregated has no name: rows of different metrics would stay apart.
          nowTable('up', `max by (instance) (up{job=~"trapline.*",${onHost}})`),
          nowTable('version', `max by (instance, version, kernel) (trapline_build_info{${onHost}})`),
          nowTable('role', `max by (instance, role) (trapline_machine_info{${onHost}})`),
        ],
        size: [12, 9],
        next: 'trapline',
      },
      ['Value #version', 'Value #role'],
    )
      .overrideByName('Value #up', [
        { id: 'displayName', value: 'Scraped' },
        { id: 'unit', value: 'bool_yes_no' },
      ])
      .overrideByName('instance', [
        { id: 'displayName', value: 'Host' },
        { id: 'links', value: [aboutRow('host')] },
      ]),
  ],
};

/** *Fleet*: all hosts and VMs by loss and cost. */
export const fleet = (): Dashboard =>
  assemble({
    name: 'fleet',
    title: 'Fleet',
    description: 'All hosts and their VMs by what they lose and what a packet costs them.',
    vm: false,
    sections: [vms, hosts],
  });
