/**
 * Where drivers count what their NICs carry and lose. This is data, from the drivers' sources (Linux 6.1 and 6.12, in
 * drivers/net), with DPDK's `imissed` as a second opinion; check it there before changing it.
 *
 * Lost is what arrived whole and found no room: in the NIC's FIFO or packet buffer, in the ring, or for want of memory in the
 * driver. Frames that are broken, too long, or filtered out are not lost. Each loss is counted once: where a driver shows a
 * counter in two places, or adds one to another, one is named here.
 */

/** Fields of rtnl_link_stats64 (include/uapi/linux/if_link.h) that can count loss. */
export type StandardField = 'rx_missed_errors' | 'rx_over_errors' | 'rx_fifo_errors' | 'rx_dropped';

/** Counters to add up; names are as `ethtool -S` shows them, without spaces around. */
export type Source = ({ named: RegExp } | { standard: StandardField }) & {
  /** Counters that are part of these and no loss. */
  except?: RegExp;
  /** Only where the driver has no counter of such a name. */
  unless?: RegExp;
  /** Their width, if it is less than 64. */
  bits?: 16 | 32;
};

interface Directions {
  receive?: readonly Source[];
  transmit?: readonly Source[];
}

export interface Driver {
  packets?: Directions;
  bytes?: Directions;
  /** No source for `receive`: the driver has no counter of its loss. */
  drops: Directions & { receive: readonly Source[] };
}

const named = (pattern: RegExp, rest: Omit<Source, 'named' | 'standard'> = {}): Source => ({
  named: pattern,
  ...rest,
});
const standard = (field: StandardField, rest: Omit<Source, 'named' | 'standard'> = {}): Source => ({
  standard: field,
  ...rest,
});
const both = (receive: RegExp, transmit: RegExp): Directions => ({
  receive: [named(receive)],
  transmit: [named(transmit)],
});
const lost = (...receive: readonly Source[]): { receive: readonly Source[] } => ({ receive });

const intelTraffic = {
  packets: both(/^rx_packets$/, /^tx_packets$/),
  bytes: both(/^rx_bytes$/, /^tx_bytes$/),
};

/** e1000_main.c and e1000e/netdev.c, e1000*_update_stats: MPC. RNBC (rx_no_buffer_count) is no loss yet: see igb. */
const e1000: Driver = { ...intelTraffic, drops: lost(named(/^rx_missed_errors$/)) };

/**
 * igb_main.c, igb_update_stats; igc_main.c, igc_update_stats: rx_fifo_errors adds up what queues dropped (RQDPC) and what
 * the FIFO missed (MPC); rx_missed_errors is MPC again. RNBC counts frames that wait in the FIFO: they are lost only if that
 * overflows, and then are in MPC.
 */
const igb: Driver = {
  ...intelTraffic,
  drops: lost(named(/^rx_fifo_errors$/), named(/^rx_missed_errors$/, { unless: /^rx_fifo_errors$/ })),
};

/**
 * sfc/ef10.c, ef10_stat_desc and efx_ef10_update_stats_pf; sfc/ef100_nic.c. nodesc: the ring was empty; trunc: the ring
 * ended within a packet; noskb: the driver had no memory. The packet memory (pm) of firmware that says so tells what
 * overflowed; port_rx_overflow is the MAC's word for that, rx_overflow a function's. What mapping, disabled queues and
 * filters (di_dropped) discard is not meant for the host. nodesc_drop_cnt: siena/siena.c and falcon/falcon.c.
 */
const sfc: Driver = {
  drops: lost(
    named(/^(port_)?rx_nodesc_(drops|drop_cnt)$/),
    named(/^rx_(nodesc_trunc|noskb_drops)$/),
    named(/^port_rx_pm_(trunc|discard)_(bb_overflow|vfifo_full|qbb)$/),
    named(/^port_rx_overflow$/, { unless: /^port_rx_pm_/ }),
    named(/^rx_overflow$/, { unless: /^port_rx_/ }),
  ),
};

/**
 * nfp_net_ethtool.c: all that the NIC discards for want of a descriptor or of room, and, unless promiscuous, what is
 * addressed to others (Documentation/networking/device_drivers/ethernet/netronome/nfp.rst); they cannot be told apart.
 */
const nfp: Driver = { drops: lost(named(/^dev_rx_discards$/)) };

/** A driver that has no counter of what its NIC had no room for. */
const untold: Driver = { drops: { receive: [] } };

export const drivers: Readonly<Record<string, Driver>> = {
  e1000,
  e1000e: e1000,
  igb,
  igc: igb,

  // ixgbe_main.c, ixgbe_update_stats: MPC (packet buffers) and QPRDC (queues, since 82599); both are cleared on reading.
  ixgbe: {
    packets: both(/^rx_pkts_nic$/, /^tx_pkts_nic$/),
    bytes: both(/^rx_bytes_nic$/, /^tx_bytes_nic$/),
    drops: lost(named(/^rx_(missed_errors|no_dma_resources)$/)),
  },

  // i40e_main.c, i40e_update_pf_stats: GLPRT_RDPC, the packet buffer of the port (port.rx_dropped on old kernels), and
  // i40e_update_vsi_stats: GLV_RDPC, the rings of this function. DPDK adds the two as well. Where the driver shows
  // rx_missed_errors, as newer and stable kernels do, it is GLV_RDPC, and rx_dropped what else was discarded (RXERR1); where
  // not, rx_dropped is GLV_RDPC.
  i40e: {
    packets: both(/^port\.rx_(uni|multi|broad)cast$/, /^port\.tx_(uni|multi|broad)cast$/),
    bytes: both(/^port\.rx_bytes$/, /^port\.tx_bytes$/),
    drops: lost(
      named(/^port\.rx_(discards|dropped)$/),
      named(/^rx_missed_errors$/),
      standard('rx_missed_errors', { unless: /^rx_missed_errors$/ }),
      named(/^rx_dropped$/, { unless: /^rx_missed_errors$/ }),
    ),
  },

  // iavf_virtchnl.c, VIRTCHNL_OP_GET_STATS: what the host says of this function's rings; rx_dropped again.
  iavf: { drops: lost(named(/^rx_discards$/)) },

  // ice_main.c, ice_update_pf_stats: PRTRPB_RDPC, the packet buffer of the port; ice_lib.c, ice_update_eth_stats: GLV_RDPC,
  // the rings of this function. DPDK adds the two as well.
  ice: {
    packets: both(/^rx_(uni|multi|broad)cast\.nic$/, /^tx_(uni|multi|broad)cast\.nic$/),
    bytes: both(/^rx_bytes\.nic$/, /^tx_bytes\.nic$/),
    drops: lost(named(/^rx_dropped(\.nic)?$/)),
  },

  // fm10k_pci.c, fm10k_update_stats: QPRDC of all queues. nodesc_drop, and with it rx_dropped, counts those again.
  fm10k: {
    packets: both(/^rx_packets_nic$/, /^tx_packets_nic$/),
    bytes: both(/^rx_bytes_nic$/, /^tx_bytes_nic$/),
    drops: lost(named(/^rx_drops_nic$/)),
  },

  // igbvf/netdev.c, igbvf_update_stats; ixgbevf_main.c, ixgbevf_update_stats: only the host's driver sees that.
  igbvf: untold,
  ixgbevf: untold,

  // mlx4/en_port.c, mlx4_en_DUMP_ETH_STATS: RdropOvflw, the buffer of the port, and RDROP, no receive buffer, with what the
  // driver had no memory for. The NIC's are u32.
  mlx4_en: {
    drops: lost(
      named(/^rx_fifo_errors$/, { bits: 32 }),
      standard('rx_fifo_errors', { unless: /^rx_fifo_errors$/, bits: 32 }),
      named(/^rx_dropped$/, { bits: 32 }),
    ),
  },

  // mlx5/core/en_stats.c: if_in_discards of the port, and the rings' out_of_buffer, which is u32 and rx_missed_errors again.
  mlx5_core: {
    packets: both(/^rx_packets_phy$/, /^tx_packets_phy$/),
    bytes: both(/^rx_bytes_phy$/, /^tx_bytes_phy$/),
    drops: {
      receive: [named(/^rx_discards_phy$/), named(/^rx_out_of_buffer$/, { bits: 32 })],
      transmit: [named(/^tx_discards_phy$/)],
    },
  },

  // bnxt.c, bnxt_get_ring_stats: rx_discard_pkts of all rings, kept when they are made anew; and what the driver had no
  // memory for (bnxt_ethtool.c, not on Linux 6.1). rx_stat_discard, of the port, may have those of the rings again.
  bnxt_en: { drops: lost(standard('rx_missed_errors'), named(/^rx_total_oom_discards$/)) },

  // bnx2x_stats.c, bnx2x_net_stats_update: no_buff_discard, and brb_drop with brb_truncate. rx_missed_errors is always 0.
  bnx2x: { drops: lost(standard('rx_fifo_errors'), standard('rx_over_errors')) },

  // bnx2.c, bnx2_get_stats64: rx_missed_errors includes rx_over_errors; sums of counters of 32 bits.
  bnx2: { drops: lost(standard('rx_missed_errors', { bits: 32 })) },

  // tg3.c, tg3_get_nstats: rx_discards of the chip. rxbds_empty counts events.
  tg3: { drops: lost(standard('rx_missed_errors')) },

  // be_cmds.c and be_main.c, populate_be_v0_stats and its like; be_ethtool.c says what each means. All are u32. On Lancer
  // rxpp_fifo_overflow_drop is rx_input_fifo_overflow_drop again, and elsewhere that FIFO must never overflow.
  // rx_drops_no_pbuf is of the whole card.
  be2net: {
    drops: lost(
      named(
        /^(rx_input_fifo_overflow_drop|pmem_fifo_overflow_drop|rx_drops_no_(pbuf|erx_descr)|eth_red_drops)$/,
        {
          bits: 32,
        },
      ),
      named(/^rxq\d+: rx_drops_no_(skbs|frags)$/, { bits: 32 }),
    ),
  },

  // cxgb4_main.c, cxgb_get_stats, puts these in rx_dropped, where the kernel adds its own.
  cxgb4: { drops: lost(named(/^rx_bg\d_frames_(dropped|trunc)$/)) },

  // ena_netdev.c, ena_get_stats64: rx_drops of the device, which has no other name, and what XDP programs dropped.
  ena: { drops: lost(standard('rx_dropped', { except: /^queue_\d+_rx_xdp_drop$/ })) },

  // gve_ethtool.c, gve_get_ethtool_stats: no buffers is the device's count, the other the driver's. rx_queue_drop_cnt is
  // not only for want of buffers. Nothing is in standard counters.
  gve: { drops: lost(named(/^rx_no_buffers_posted\[\d+\]$/), named(/^rx_skb_alloc_fail$/)) },

  // vmxnet3_ethtool.c: of the device, and of the driver without what was broken (vmxnet3_rx_error).
  vmxnet3: { drops: lost(named(/^pkts rx OOB$/), named(/^drv dropped rx total$/, { except: /^err$/ })) },

  // netvsc_drv.c, netvsc_recv_callback: the driver had no memory. What passes by a virtual function is that NIC's.
  hv_netvsc: { drops: lost(named(/^rx_no_memory$/)) },

  // mana_ethtool.c: of the device. hc_rx_err_vport_disabled is no loss.
  mana: { drops: lost(named(/^hc_rx_discards_no_wqe$/)) },

  // virtio_net.c, virtnet_rq_stats_desc: what the driver had no memory for; its host has no ring that could overflow. The
  // hardware's are there since 6.11, where the host offers statistics (VIRTIO_NET_F_DEVICE_STATS).
  virtio_net: {
    packets: both(/^rx\d+_hw_packets$/, /^tx\d+_hw_packets$/),
    bytes: both(/^rx\d+_hw_bytes$/, /^tx\d+_hw_bytes$/),
    drops: lost(named(/^rx(_queue_)?\d+_drops$/, { except: /^rx(_queue_)?\d+_xdp_drops$/ })),
  },

  // r8169_main.c, rtl8169_get_ethtool_stats: 16 bits wide. rtl8169_get_stats64 subtracts what was there at the start, and
  // becomes negative when it wraps.
  r8169: {
    drops: lost(
      named(/^rx_missed$/, { bits: 16 }),
      standard('rx_missed_errors', { unless: /^rx_missed$/, bits: 16 }),
    ),
  },

  // qede_ethtool.c: no_buff_discards, which is rx_fifo_errors again, and what overflowed in the packet buffer (BRB); and
  // what the driver had no memory for. DPDK adds filters' discards, which are no loss.
  qede: {
    drops: lost(named(/^(no_buff_discards|brb_truncates|brb_discards)$/), named(/^\d+: rx_alloc_errors$/)),
  },

  sfc,
  sfc_siena: sfc,
  sfc_falcon: sfc,
  nfp,
  nfp_netvf: nfp,

  // aq_nic.c, aq_nic_get_stats: dpc, which rx_dropped has again.
  atlantic: {
    packets: both(/^InPackets$/, /^OutPackets$/),
    bytes: both(/^InOctets$/, /^OutOctets$/),
    drops: lost(named(/^InDroppedDma$/)),
  },

  // thunder/nicvf_main.c, nicvf_update_stats: rx_drop_red and rx_drop_overrun; the other drops are filters'.
  nicvf: { drops: lost(named(/^rx_drops$/)) },

  // hns3_enet.c, hns3_nic_get_stats64: only broken packets; DPDK asks the firmware for drops, the kernel does not.
  hns3: untold,

  // enic_main.c, enic_get_stats, adds rx_drop, which is filters', to rx_dropped.
  enic: { drops: lost(named(/^rx_no_bufs$/)) },
};
