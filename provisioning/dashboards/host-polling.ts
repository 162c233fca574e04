import type { Section } from './layout.js';
import { distribution, lines } from './panels.js';
import { all, buckets, range } from './queries.js';

export const polling: Section = {
  title: 'Polling (NAPI and softnet)',
  panels: () => [
    lines({
      title: 'How often are devices polled?',
      description: 'Polls per second by device, and those among them that used up their budget of packets.',
      unit: 'suffix:polls/s',
      targets: [
        range('A', all('trapline_napi_polls_total', 'device'), '{{device}}'),
        range('B', all('trapline_napi_budget_exhausted_total', 'device'), '{{device}} exhausted'),
      ],
      size: [8, 9],
      next: 'appliance',
    }),
    lines({
      title: 'How many packets does one poll bring?',
      description: 'Packets per poll by device: near zero polls are wasted, at 64 more packets wait.',
      unit: 'short',
      targets: [
        range(
          'A',
          `${all('trapline_napi_packets_total', 'device')} / (${all('trapline_napi_polls_total', 'device')} > 0)`,
          '{{device}}',
        ),
      ],
      size: [8, 9],
      next: 'appliance',
    }),
    distribution({
      title: 'How full are the polls?',
      description: 'Polls per second by the packets that they brought.',
      unit: 'short',
      targets: [buckets('A', all('trapline_napi_poll_packets_bucket', 'le'))],
      size: [8, 9],
      next: 'appliance',
    }),
    lines({
      title: 'How many packets pass the receive path?',
      description:
        'Packets per second through softnet; one that goes up through a bridge passes more than once.',
      unit: 'pps',
      targets: [
        range(
          'A',
          all('trapline_path_packets_total', 'instance, stage', ',stage=~"softnet|guest_softnet"'),
          '{{instance}}',
        ),
      ],
      size: [8, 8],
      next: 'appliance',
    }),
    lines({
      title: 'Is polling cut short?',
      description:
        'Rounds of polling per second that ended with packets left, because their budget or time was used up.',
      unit: 'suffix:rounds/s',
      targets: [range('A', all('trapline_softnet_squeezed_total', 'instance'), '{{instance}}')],
      size: [8, 8],
      next: 'appliance',
    }),
    lines({
      title: 'Which CPUs cannot keep up?',
      description:
        'Packets per second that found the backlog of a CPU full; CPUs that never dropped one are not there.',
      unit: 'pps',
      targets: [range('A', all('trapline_softnet_drops_total', 'instance, cpu'), 'CPU {{cpu}}')],
      size: [8, 8],
      next: 'appliance',
    }),
    lines({
      title: 'Why does the kernel drop packets?',
      description:
        'Packets per second that the kernel dropped anywhere on the machine, by the reason it gave; many are no loss. Empty unless the collector drop_reasons is switched on.',
      unit: 'pps',
      targets: [range('A', all('trapline_drop_reasons_total', 'reason'), '{{reason}}')],
      size: [24, 8],
      next: 'appliance',
    }),
  ],
};
