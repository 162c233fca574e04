/** AF_XDP in copy mode, as it works with every driver. The frames do not go on to the stack: it is the only method that takes them. */
import type { Method } from './method.js';
import { detectOwnSensor, startOwnSensor } from './own_sensor.js';

export const afXdp: Method = {
  name: 'af-xdp',
  title: 'AF_XDP (copy mode)',
  monitors: ['null', 'flow'],
  detect: detectOwnSensor,

  /** Throws for a device whose frames come in several queues: the socket has one of them. */
  async start(order) {
    const queues = (await order.shell.must(`ls -d /sys/class/net/${order.device}/queues/rx-*`))
      .trim()
      .split('\n');
    if (queues.length > 1)
      throw new Error(
        `${order.device} has ${queues.length} receive queues and AF_XDP takes one: ethtool -L ${order.device} combined 1.`,
      );
    return startOwnSensor('af_xdp', order);
  },
};
