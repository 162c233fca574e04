import type { Section } from './layout.js';
import { captureCost } from './panels.js';
import { byStage, delivered, exitCost, lossRatio, range, rate, recorded } from './queries.js';

/** The panel finds what a query means by its refId. */
const throughput = () => range('throughput', delivered('vm'), '{{vm}} throughput');
const followed = () => [
  throughput(),
  range('cost', exitCost('vm'), '{{vm}} exit cost'),
  range('loss', lossRatio('vm'), '{{vm}} loss'),
  range('exits', rate('trapline_vm_exits_total', 'vm, class'), '{{vm}} {{class}} exits'),
];
const followedUnits = {
  throughput: 'pps',
  cost: 'suffix:s/s',
  loss: 'percentunit',
  exits: 'suffix:exits/s',
};

export const captureCostViews: Section = {
  title: 'Capture cost',
  panels: () => [
    captureCost(
      'correlation',
      {
        title: 'Does the cost follow the throughput?',
        description:
          'Packets delivered against the time kernel and VMM spend on exits. The slope of the line is the cost of one more packet; points that leave it show where something else takes the time.',
        unit: 'short',
        targets: followed(),
        size: [12, 12],
        next: 'host',
      },
      followedUnits,
    ),
    captureCost(
      'timeline',
      {
        title: 'When did the cost change?',
        description:
          'Packets delivered and the time spent on exits on two axes, with the exits by class and the loss shaded.',
        unit: 'short',
        targets: followed(),
        size: [12, 12],
        next: 'host',
      },
      followedUnits,
    ),
    captureCost(
      'budget',
      {
        title: 'How long may one packet take, and who takes it?',
        description:
          'The time of one packet by who spends it, against the time there is for one: the CPUs that work for the VM, divided by the packets. Time of interrupts and softirqs is the host’s, shared by packets; part of it passes during exits and is in both.',
        unit: 's',
        targets: [
          throughput(),
          range(
            'payer',
            recorded('instance_vm_payer:trapline_cost_seconds:rate1m', 'vm, payer'),
            '{{vm}} {{payer}}',
          ),
          range('cores', recorded('instance_vm:trapline_cores:sum', 'vm'), '{{vm}} CPUs'),
        ],
        size: [12, 12],
        next: 'host',
      },
      { throughput: 'pps', payer: 'suffix:s/s', cores: 'short' },
    ),
    captureCost(
      'path',
      {
        title: 'At which stage do packets go missing?',
        description:
          'Packets that each stage from the NIC to the capture socket carried and dropped. Stages inside the VM are there while Trapline runs in it and is scraped; a stage that is missing is not seen, which is not the same as no loss.',
        unit: 'pps',
        targets: [
          range('carried', byStage.carried, '{{vm}} {{stage}} {{hop}} {{device}} carried'),
          range('dropped', byStage.dropped, '{{vm}} {{stage}} {{hop}} {{device}} dropped'),
        ],
        size: [12, 12],
        next: 'host',
      },
      { carried: 'pps', dropped: 'pps' },
    ),
  ],
};
