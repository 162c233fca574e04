/** What a series can be to this panel. */
export type Role = 'throughput' | 'cost' | 'loss' | 'exits' | 'payer' | 'cores' | 'carried' | 'dropped';

/** In the order in which they are listed to the user. */
export const ROLES: readonly Role[] = [
  'throughput',
  'cost',
  'loss',
  'exits',
  'payer',
  'cores',
  'carried',
  'dropped',
];

/** What each role means and in which unit, in the words shown to the user. */
export const MEANING: Readonly<Record<Role, string>> = {
  throughput: 'packets delivered per second',
  cost: 'seconds of exit time per second',
  loss: 'share of the packets that was lost, 0 to 1',
  exits: 'VM exits per second, by class where the label “class” is given',
  payer: 'seconds per second spent on the packets, by the label “payer”',
  cores: 'CPUs that may work on the packets of a VM',
  carried: 'packets per second that got through a stage, by the label “stage”',
  dropped: 'packets per second that a stage lost, by the label “stage”',
};

/** Who spends time on a packet: values of the label `payer`, in the order of its way through the host and into the guest. */
export const PAYERS = ['exit_kernel', 'exit_vmm', 'vhost', 'interrupt', 'softirq', 'capture'] as const;

/** Values of the label `stage`, in the order in which a packet meets them. */
export const STAGES = [
  'nic_hardware',
  'nic_driver',
  'softnet',
  'bridge',
  'tc',
  'qdisc',
  'tap',
  'guest_nic',
  'guest_softnet',
  'socket',
] as const;

export type Stage = (typeof STAGES)[number];

export const isStage = (name: string | undefined): name is Stage =>
  (STAGES as readonly (string | undefined)[]).includes(name);

/** Up to its bridge a host counts packets whichever VM they are for; filters may be at a NIC, or a VM's as all from its queue on. */
export const isOfHost = (stage: Stage): boolean => STAGES.indexOf(stage) <= STAGES.indexOf('tc');

/** Stages that are counted inside the VM, by an exporter of its own. */
export const isInside = (stage: Stage): boolean => STAGES.indexOf(stage) > STAGES.indexOf('tap');

/** Whether a way may do without it: not every device has filters or a queue, and one without cannot lose there. */
export const isOptional = (stage: Stage): boolean => stage === 'tc' || stage === 'qdisc';

/** A tap and its queue send towards their guest; filters drop on both ways in; everything else receives what goes to the capture. */
export function leadsToCapture(stage: Stage, direction: string): boolean {
  if (stage === 'tc') {
    return true;
  }
  return direction === (stage === 'tap' || stage === 'qdisc' ? 'transmit' : 'receive');
}
