import { expect, it } from 'vitest';
import { hardwareCounters } from './hardware_counters.js';

/** Names as each driver gives them, with some that must not count. */
const names: Record<string, readonly string[]> = {
  e1000e: [
    ...['rx_packets', 'tx_packets', 'rx_bytes', 'tx_bytes', 'rx_no_buffer_count', 'rx_missed_errors'],
    ...['rx_crc_errors', 'tx_dropped'],
  ],
  igb: ['rx_packets', 'rx_missed_errors', 'rx_fifo_errors', 'rx_queue_0_packets', 'rx_queue_0_drops'],
  ixgbe: [
    ...['rx_packets', 'rx_pkts_nic', 'tx_pkts_nic', 'rx_bytes_nic', 'tx_bytes_nic', 'rx_no_buffer_count'],
    ...['rx_missed_errors', 'rx_no_dma_resources', 'rx_dropped'],
  ],
  i40e: [
    ...['rx_packets', 'rx_dropped', 'rx_unicast', 'port.rx_bytes', 'port.rx_unicast', 'port.rx_multicast'],
    ...['port.rx_broadcast', 'port.tx_unicast', 'port.rx_dropped', 'port.rx_crc_errors'],
  ],
  ice: [
    ...['rx_unicast', 'rx_dropped', 'rx_unicast.nic', 'rx_multicast.nic', 'rx_broadcast.nic', 'tx_bytes.nic'],
    ...['rx_dropped.nic', 'tx_dropped_link_down.nic'],
  ],
  mlx5_core: [
    ...['rx_packets', 'rx0_packets', 'rx_out_of_buffer', 'rx_packets_phy', 'tx_packets_phy', 'rx_bytes_phy'],
    ...['rx_discards_phy', 'tx_discards_phy', 'rx_symbol_err_phy', 'rx_prio0_discards'],
  ],
  virtio_net: [
    ...['rx_hw_packets', 'rx0_hw_packets', 'rx1_hw_packets', 'rx0_drops', 'tx0_hw_bytes', 'rx0_kicks'],
    ...['rx0_hw_gso_packets'],
  ],
};

function counted(driver: string): string[] {
  const said = names[driver]!;
  return hardwareCounters(driver, said).map(
    ({ quantity, direction, positions }) =>
      `${direction} ${quantity}: ${positions.map((i) => said[i]).join(' ')}`,
  );
}

it.each([
  [
    'e1000e',
    [
      ...['receive packets: rx_packets', 'transmit packets: tx_packets', 'receive bytes: rx_bytes'],
      ...['transmit bytes: tx_bytes', 'receive drops: rx_missed_errors'],
    ],
  ],
  ['igb', ['receive packets: rx_packets', 'receive drops: rx_missed_errors rx_fifo_errors']],
  [
    'ixgbe',
    [
      ...['receive packets: rx_pkts_nic', 'transmit packets: tx_pkts_nic', 'receive bytes: rx_bytes_nic'],
      ...['transmit bytes: tx_bytes_nic', 'receive drops: rx_missed_errors rx_no_dma_resources'],
    ],
  ],
  [
    'i40e',
    [
      ...['receive packets: port.rx_unicast port.rx_multicast port.rx_broadcast'],
      ...[
        'transmit packets: port.tx_unicast',
        'receive bytes: port.rx_bytes',
        'receive drops: port.rx_dropped',
      ],
    ],
  ],
  [
    'ice',
    [
      ...[
        'receive packets: rx_unicast.nic rx_multicast.nic rx_broadcast.nic',
        'transmit bytes: tx_bytes.nic',
      ],
      ...['receive drops: rx_dropped.nic'],
    ],
  ],
  [
    'mlx5_core',
    [
      ...[
        'receive packets: rx_packets_phy',
        'transmit packets: tx_packets_phy',
        'receive bytes: rx_bytes_phy',
      ],
      ...['receive drops: rx_out_of_buffer rx_discards_phy', 'transmit drops: tx_discards_phy'],
    ],
  ],
  ['virtio_net', ['receive packets: rx0_hw_packets rx1_hw_packets', 'transmit bytes: tx0_hw_bytes']],
])('of %s takes the hardware’s', (driver, expected) => {
  expect(counted(driver)).toEqual(expected);
});

it.each(['ena', 'veth', 'constructor', ''])('knows nothing of %j', (driver) => {
  expect(hardwareCounters(driver, ['rx_packets', 'rx_missed_errors'])).toEqual([]);
});
