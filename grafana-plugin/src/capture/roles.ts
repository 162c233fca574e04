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
  'tap',
  'guest_nic',
  'guest_softnet',
  'socket',
] as const;

export type Stage = (typeof STAGES)[number];

export const isStage = (name: string | undefined): name is Stage =>
  (STAGES as readonly (string | undefined)[]).includes(name);

/** Up to its bridge a host counts packets whichever VM they are for; from the tap on they are one VM's. */
export const isOfHost = (stage: Stage): boolean => STAGES.indexOf(stage) <= STAGES.indexOf('bridge');

/** A tap sends towards its guest; everything else receives what goes to the capture. */
export const towardsCapture = (stage: Stage): string => (stage === 'tap' ? 'transmit' : 'receive');
