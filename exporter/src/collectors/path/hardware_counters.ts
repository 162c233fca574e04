/**
 * What drivers call the counters of their hardware. This is data: check it against the drivers' *_ethtool.c and, for
 * mlx5_core, en_stats.c. A driver that is not here is asked for rx_missed_errors only. ena is not: what its device lost
 * is in the driver's standard counters.
 */

/** Patterns of names; all that match are added. */
interface Names {
  receive?: RegExp;
  transmit?: RegExp;
}

interface HardwareNames {
  packets: Names;
  bytes: Names;
  /** What was lost for want of a buffer; frames that were broken or not meant for the NIC are not losses. */
  drops: Names;
}

/**
 * rx_no_buffer_count (RNBC) is no loss yet: the frame waits in the FIFO, and is counted as missed if that overflows.
 * rx_fifo_errors are what queues dropped (RQDPC).
 */
const intelGigabit: HardwareNames = {
  packets: { receive: /^rx_packets$/, transmit: /^tx_packets$/ },
  bytes: { receive: /^rx_bytes$/, transmit: /^tx_bytes$/ },
  drops: { receive: /^rx_(missed|fifo)_errors$/ },
};

const drivers: Readonly<Record<string, HardwareNames>> = {
  e1000: intelGigabit,
  e1000e: intelGigabit,
  igb: intelGigabit,
  igc: intelGigabit,
  ixgbe: {
    packets: { receive: /^rx_pkts_nic$/, transmit: /^tx_pkts_nic$/ },
    bytes: { receive: /^rx_bytes_nic$/, transmit: /^tx_bytes_nic$/ },
    drops: { receive: /^rx_(missed_errors|no_dma_resources)$/ },
  },
  i40e: {
    packets: {
      receive: /^port\.rx_(uni|multi|broad)cast$/,
      transmit: /^port\.tx_(uni|multi|broad)cast$/,
    },
    bytes: { receive: /^port\.rx_bytes$/, transmit: /^port\.tx_bytes$/ },
    drops: { receive: /^port\.rx_dropped$/ },
  },
  ice: {
    packets: {
      receive: /^rx_(uni|multi|broad)cast\.nic$/,
      transmit: /^tx_(uni|multi|broad)cast\.nic$/,
    },
    bytes: { receive: /^rx_bytes\.nic$/, transmit: /^tx_bytes\.nic$/ },
    drops: { receive: /^rx_dropped\.nic$/ },
  },
  mlx5_core: {
    packets: { receive: /^rx_packets_phy$/, transmit: /^tx_packets_phy$/ },
    bytes: { receive: /^rx_bytes_phy$/, transmit: /^tx_bytes_phy$/ },
    drops: { receive: /^rx_(discards_phy|out_of_buffer)$/, transmit: /^tx_discards_phy$/ },
  },
  // Since 6.11, where the host offers statistics (VIRTIO_NET_F_DEVICE_STATS).
  virtio_net: {
    packets: { receive: /^rx\d+_hw_packets$/, transmit: /^tx\d+_hw_packets$/ },
    bytes: { receive: /^rx\d+_hw_bytes$/, transmit: /^tx\d+_hw_bytes$/ },
    drops: {},
  },
};

/** Where one number of a NIC's hardware is found: the sum of these positions in the driver's list. */
export interface HardwareCounter {
  quantity: keyof HardwareNames;
  direction: keyof Names;
  positions: readonly number[];
}

/** What the hardware under a driver counts, given the names of the driver's counters; empty where that is not known. */
export function hardwareCounters(driver: string, names: readonly string[]): HardwareCounter[] {
  const known = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined;
  return Object.entries(known ?? {}).flatMap(([quantity, patterns]) =>
    Object.entries(patterns as Names).flatMap(([direction, pattern]: [string, RegExp]) => {
      const positions = [...names.keys()].filter((i) => pattern.test(names[i]!));
      if (positions.length === 0) return [];
      return [{ quantity, direction, positions } as HardwareCounter];
    }),
  );
}
