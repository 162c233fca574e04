import type { Device } from './netlink/index.js';

type Given = Partial<Omit<Device, 'receive' | 'transmit'>> & {
  receive?: Partial<Device['receive']>;
  transmit?: Partial<Device['transmit']>;
};

const nothing = { packets: 0, bytes: 0, errors: 0, drops: 0, fifoErrors: 0 };

/** A device that has counted nothing but what is given. */
export const deviceOf = ({ receive, transmit, ...rest }: Given): Device => ({
  index: 1,
  name: 'eth0',
  kind: 'other',
  type: '',
  portType: '',
  blocked: false,
  master: undefined,
  lower: undefined,
  lowerNamespace: undefined,
  bus: undefined,
  mtu: 1500,
  queueLength: 1000,
  transmitQueues: 1,
  operstate: 6,
  promiscuity: 0,
  protocolDown: false,
  xdp: [],
  representor: false,
  receive: { ...nothing, missed: 0, overErrors: 0, noHandler: 0, otherhost: 0, ...receive },
  transmit: { ...nothing, ...transmit },
  ...rest,
});
