/**
 * What each driver's NIC lost, from counters named as the driver's source has them. All values differ, and those that are no
 * loss, or the same loss again, have more digits.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { deviceOf } from '../../machine/device.testing.js';
import type { DeviceKind } from '../../machine/index.js';
import { pathDescription } from './collector.js';
import { drivers } from './nic_drivers.js';
import { NicHardware } from './nic_hardware.js';

interface Given {
  /** Names and values as in `ethtool -S`. */
  ethtool?: readonly string[];
  /** As in /sys/class/net/<name>/statistics. */
  standard?: Record<string, number>;
  kind?: DeviceKind;
}

/** Every series of a NIC in a guest: its stage, quantity, direction and value; and where its loss is counted. */
function shown(driver: string, { ethtool = [], standard = {}, kind = 'nic' }: Given): string[] {
  const sys = mkdtempSync(join(tmpdir(), 'trapline-driver-'));
  const statistics = join(sys, 'class/net/eth0/statistics');
  mkdirSync(statistics, { recursive: true });
  const fields = { rx_missed_errors: 0, rx_over_errors: 0, rx_fifo_errors: 0, rx_dropped: 0, ...standard };
  for (const [field, value] of Object.entries(fields)) writeFileSync(join(statistics, field), `${value}\n`);
  const counters = ethtool.map((line) => /^(.*) (\d+)$/.exec(line)!);
  const answer = {
    driver,
    names: counters.map(([, name]) => name!),
    values: counters.map(([, , value]) => Number(value)),
  };
  const device = deviceOf({ kind, receive: { drops: fields.rx_dropped } });
  const recorder = new Recorder(pathDescription.metrics);
  new NicHardware({ read: () => answer, keep: () => {} }, sys, 'guest_nic').collect(recorder, [device]);
  rmSync(sys, { recursive: true });
  return recorder.said.flatMap(({ metric: { name }, labelValues, value }) => {
    if (name === 'trapline_nic_hardware_age_seconds') return [];
    if (name === 'trapline_nic_hardware_info') return [`loss by ${labelValues[2]}`];
    const [stage, , , direction] = labelValues;
    return [`${stage} ${name.slice('trapline_path_'.length, -'_total'.length)} ${direction} ${value}`];
  });
}

/** What was lost on reception, where that is counted, and at which stage, which is nic_hardware but for virtio. */
function loss(driver: string, given: Given): string {
  const series = shown(driver, given);
  const drops = series.find((line) => / drops receive /.test(line))?.replace('drops receive ', '');
  const source = series.find((line) => line.startsWith('loss by '))!.slice('loss by '.length);
  return `${drops?.replace('nic_hardware ', '') ?? 'no series'}, ${source}`;
}

const cases: [driver: string, given: Given, expected: string][] = [
  // MPC 70; rx_no_buffer_count waited in the FIFO.
  [
    'e1000',
    {
      ethtool: ['rx_no_buffer_count 1000', 'rx_missed_errors 70', 'rx_over_errors 0'],
    },
    '70, driver',
  ],
  [
    'e1000e',
    {
      ethtool: ['rx_crc_errors 5000', 'rx_no_buffer_count 1000', 'rx_missed_errors 70', 'rx_over_errors 0'],
      standard: { rx_missed_errors: 70 },
    },
    '70, driver',
  ],
  // MPC 7 and RQDPC 8 make rx_fifo_errors 15; rx_missed_errors and the queue's drops are those again.
  [
    'igb',
    {
      ethtool: ['rx_missed_errors 7', 'rx_fifo_errors 15', 'rx_queue_0_drops 8', 'rx_over_errors 0'],
      standard: { rx_missed_errors: 7, rx_fifo_errors: 15 },
    },
    '15, driver',
  ],
  [
    'igc',
    {
      ethtool: ['rx_missed_errors 7', 'rx_fifo_errors 15', 'rx_queue_0_drops 8'],
      standard: { rx_missed_errors: 7, rx_fifo_errors: 15 },
    },
    '15, driver',
  ],
  // MPC 70 and QPRDC 8. RNBC is not lost, and broken frames are not.
  [
    'ixgbe',
    {
      ethtool: [
        'rx_dropped 0',
        'rx_no_buffer_count 1000',
        'rx_over_errors 0',
        'rx_crc_errors 5000',
        'fdir_miss 9000',
        'rx_missed_errors 70',
        'alloc_rx_buff_failed 2000',
        'rx_no_dma_resources 8',
      ],
      standard: { rx_missed_errors: 70 },
    },
    '78, driver',
  ],
  // The port's GLPRT_RDPC 10 and this function's GLV_RDPC 70; RXERR1 3000 was for other reasons.
  [
    'i40e',
    {
      ethtool: [
        'rx_dropped 3000',
        'rx_missed_errors 70',
        'veb.rx_discards 4000',
        'rx_alloc_fail 2000',
        'port.rx_discards 10',
        'port.rx_crc_errors 5000',
      ],
      standard: { rx_missed_errors: 70, rx_dropped: 3000 },
    },
    '80, driver',
  ],
  // On older kernels rx_dropped is GLV_RDPC, and nothing is missed.
  [
    'i40e',
    {
      ethtool: ['rx_dropped 70', 'veb.rx_discards 4000', 'port.rx_discards 10'],
    },
    '80, driver',
  ],
  [
    'i40e',
    {
      ethtool: ['rx_dropped 70', 'port.rx_dropped 10'],
    },
    '80, driver',
  ],
  ['i40e', { ethtool: ['port.rx_discards 10'], standard: { rx_missed_errors: 70 } }, '80, driver'],
  [
    'iavf',
    {
      ethtool: ['rx_discards 70', 'rx_unknown_protocol 9000'],
      standard: { rx_dropped: 70 },
    },
    '70, driver',
  ],
  // The port's PRTRPB_RDPC 10 and this function's GLV_RDPC 70.
  [
    'ice',
    {
      ethtool: ['rx_dropped 70', 'rx_alloc_fail 2000', 'tx_dropped_link_down.nic 3000', 'rx_dropped.nic 10'],
      standard: { rx_dropped: 70 },
    },
    '80, driver',
  ],
  // QPRDC of all queues; nodesc_drop and rx_dropped count it again.
  [
    'fm10k',
    {
      ethtool: ['rx_dropped 7', 'rx_fifo_errors 0', 'rx_drops_nic 7', 'vlan_drop 9000', 'nodesc_drop 7'],
      standard: { rx_dropped: 7 },
    },
    '7, driver',
  ],
  [
    'igbvf',
    {
      ethtool: ['rx_packets 9000', 'alloc_rx_buff_failed 2000'],
    },
    'no series, none',
  ],
  [
    'ixgbevf',
    {
      ethtool: ['rx_packets 9000', 'alloc_rx_buff_failed 2000'],
    },
    'no series, none',
  ],
  // RdropOvflw 5 and RDROP with the driver's own 7.
  [
    'mlx4_en',
    {
      ethtool: [
        'rx_dropped 7',
        'rx_over_errors 0',
        'rx_fifo_errors 5',
        'rx_missed_errors 0',
        'rx0_dropped 6',
      ],
      standard: { rx_dropped: 7, rx_fifo_errors: 5 },
    },
    '12, driver',
  ],
  // The port 5, the rings 70; rx_missed_errors is the latter again, and priorities divide the former.
  [
    'mlx5_core',
    {
      ethtool: [
        'rx_steer_missed_packets 9000',
        'rx_buff_alloc_err 2000',
        'rx_out_of_buffer 70',
        'rx_discards_phy 5',
        'rx_symbol_err_phy 5000',
        'rx_prio0_discards 5',
        'rx_if_down_packets 4000',
      ],
      standard: { rx_missed_errors: 70 },
    },
    '75, driver',
  ],
  // The rings' 70 and the driver's own 5, which the standard rx_dropped has too.
  [
    'bnxt_en',
    {
      ethtool: [
        '[0]: rx_discards 30',
        '[1]: rx_discards 40',
        '[0]: rx_errors 5000',
        'rx_total_oom_discards 5',
        'rx_total_ring_discards 70',
        'rx_total_netpoll_discards 3000',
        'rx_stat_discard 75',
      ],
      standard: { rx_missed_errors: 70, rx_dropped: 3005 },
    },
    '75, driver',
  ],
  // Linux 6.1 does not say what the driver had no memory for.
  ['bnxt_en', { ethtool: ['[0]: rx_discards 70'], standard: { rx_missed_errors: 70 } }, '70, standard'],
  // no_buff_discard 5; brb_drop 4 and brb_truncate 3.
  [
    'bnx2x',
    {
      ethtool: [
        '[0]: rx_discards 5',
        'rx_discards 5',
        'rx_filtered_packets 9000',
        'rx_mf_tag_discard 9000',
        'rx_brb_discard 4',
        'rx_brb_truncate 3',
        'rx_phy_ip_err_discards 5000',
      ],
      standard: { rx_fifo_errors: 5, rx_over_errors: 7 },
    },
    '12, standard',
  ],
  // FTQ 3, MBUF 4, firmware 5; rx_over_errors is 3 + 4 again.
  [
    'bnx2',
    {
      ethtool: ['rx_filtered_packets 9000', 'rx_ftq_discards 3', 'rx_discards 4', 'rx_fw_discards 5'],
      standard: { rx_missed_errors: 12, rx_over_errors: 7 },
    },
    '12, standard',
  ],
  [
    'tg3',
    {
      ethtool: ['rxbds_empty 9000', 'rx_discards 70', 'rx_errors 5000', 'rx_threshold_hit 9000'],
      standard: { rx_missed_errors: 70 },
    },
    '70, standard',
  ],
  // Lancer: the FIFO's 5 in two counters. The port 5 + 3, the card 4, the rings 70 + 6, no memory 1.
  [
    'be2net',
    {
      ethtool: [
        'rx_address_filtered 9000',
        'rx_dropped_too_small 5000',
        'rxpp_fifo_overflow_drop 5',
        'rx_input_fifo_overflow_drop 5',
        'pmem_fifo_overflow_drop 3',
        'rx_drops_no_pbuf 4',
        'rx_drops_too_many_frags 5000',
        'rx_drops_mtu 5000',
        'rxq0: rx_post_fail 2000',
        'rxq0: rx_drops_no_skbs 1',
        'rxq0: rx_drops_no_frags 70',
        'rxq1: rx_drops_no_frags 6',
      ],
      standard: { rx_dropped: 77, rx_fifo_errors: 14 },
    },
    '89, driver',
  ],
  // Names as padded; the loopback's counters have nearly the same.
  [
    'cxgb4',
    {
      ethtool: [
        'rx_frames_ok            9000',
        'rx_bg0_frames_dropped   70',
        'rx_bg1_frames_dropped   5',
        'rx_bg0_frames_trunc     3',
        'bg0_frames_dropped      9000',
        'frames_dropped          9000',
        'db_drop                 9000',
      ],
      standard: { rx_dropped: 78 },
    },
    '78, driver',
  ],
  // The device's 70; XDP programs dropped 4000 that arrived.
  [
    'ena',
    {
      ethtool: ['queue_0_rx_page_alloc_fail 2000', 'queue_0_rx_xdp_drop 3000', 'queue_1_rx_xdp_drop 1000'],
      standard: { rx_dropped: 4070 },
    },
    '70, standard',
  ],
  // No buffers 30 + 40, no memory 5.
  [
    'gve',
    {
      ethtool: [
        'rx_dropped 3005',
        'rx_skb_alloc_fail 5',
        'rx_buf_alloc_fail 2000',
        'rx_desc_err_dropped_pkt 3000',
        'rx_dropped_pkt[0] 3005',
        'rx_queue_drop_cnt[0] 30',
        'rx_no_buffers_posted[0] 30',
        'rx_drops_packet_over_mru[0] 5000',
        'rx_no_buffers_posted[1] 40',
      ],
    },
    '75, driver',
  ],
  // Two queues of the same names: no buffer 30 + 40, no memory 5 + 6 beside what was broken.
  [
    'vmxnet3',
    {
      ethtool: [
        'Tx Queue# 0',
        '  pkts tx err 5000',
        '  drv dropped tx total 3000',
        '     hdr err 5000',
        'Rx Queue# 0',
        '  pkts rx OOB 30',
        '  pkts rx err 5000',
        '  drv dropped rx total 1005',
        '     err 1000',
        '     fcs 900',
        '  rx buf alloc fail 2000',
        'Rx Queue# 1',
        '  pkts rx OOB 40',
        '  pkts rx err 5000',
        '  drv dropped rx total 2006',
        '     err 2000',
        '     fcs 0',
        '  rx buf alloc fail 2000',
      ],
      standard: { rx_dropped: 3011 },
    },
    '81, driver',
  ],
  [
    'hv_netvsc',
    {
      ethtool: ['rx_comp_busy 9000', 'rx_no_memory 5', 'vf_rx_packets 9000'],
    },
    '5, driver',
  ],
  [
    'mana',
    {
      ethtool: ['hc_rx_discards_no_wqe 70', 'hc_rx_err_vport_disabled 9000'],
    },
    '70, driver',
  ],
  // At the driver: 5 + 6 beside what XDP programs dropped; names through Linux 6.8, and since.
  [
    'virtio_net',
    {
      ethtool: [
        'rx_queue_0_drops 1005',
        'rx_queue_0_xdp_drops 1000',
        'rx_queue_1_drops 6',
        'rx_queue_1_xdp_drops 0',
      ],
      standard: { rx_dropped: 1011 },
      kind: 'virtio',
    },
    'guest_nic 11, driver',
  ],
  [
    'virtio_net',
    {
      ethtool: ['rx_drops 11', 'rx0_drops 5', 'rx1_drops 6'],
      kind: 'virtio',
    },
    'guest_nic 11, driver',
  ],
  // What the standard counter took off at the start is more than is left of 16 bits.
  [
    'r8169',
    {
      ethtool: ['rx_errors 5000', 'rx_missed 70'],
      standard: { rx_missed_errors: 2 ** 64 - 9 },
    },
    '70, driver',
  ],
  [
    'qede',
    {
      ethtool: [
        '0: rx_alloc_errors 1',
        '1: rx_alloc_errors 2',
        '0: rx_hw_errors 5000',
        'brb_truncates 4',
        'brb_discards 5',
        'no_buff_discards 70',
        'mftag_filter_discards 9000',
        'mac_filter_discards 9000',
        'packet_too_big_discard 5000',
      ],
      standard: { rx_fifo_errors: 70 },
    },
    '82, driver',
  ],
  // The ring 70, within a packet 3, no memory 5, packet memory 1 + 2, which the overflow and the function's count again.
  [
    'sfc',
    {
      ethtool: [
        'port_rx_overflow 3',
        'port_rx_nodesc_drops 70',
        'rx_nodesc_trunc 3',
        'rx_noskb_drops 5',
        'port_rx_pm_trunc_vfifo_full 1',
        'port_rx_pm_discard_vfifo_full 2',
        'port_rx_pm_discard_mapping 9000',
        'port_rx_dp_di_dropped_packets 9000',
        'rx_overflow 3',
      ],
      standard: { rx_dropped: 78, rx_fifo_errors: 3 },
    },
    '81, driver',
  ],
  [
    'sfc',
    {
      ethtool: ['port_rx_overflow 3', 'port_rx_nodesc_drops 70', 'rx_noskb_drops 5'],
    },
    '78, driver',
  ],
  [
    'sfc',
    {
      ethtool: ['rx_overflow 3', 'rx_bad 5000', 'rx_nodesc_trunc 5'],
    },
    '8, driver',
  ],
  [
    'sfc_siena',
    {
      ethtool: ['rx_overflow 3', 'rx_nodesc_drop_cnt 70'],
    },
    '73, driver',
  ],
  [
    'nfp',
    {
      ethtool: ['dev_rx_discards 70', 'dev_rx_errors 5000'],
      standard: { rx_dropped: 70 },
    },
    '70, driver',
  ],
  [
    'atlantic',
    {
      ethtool: ['InErrors 5000', 'InDroppedDma 70'],
      standard: { rx_dropped: 70 },
    },
    '70, driver',
  ],
  // RED 30 and overrun 40 make rx_drops; the others were filtered out.
  [
    'nicvf',
    {
      ethtool: [
        'rx_drops 70',
        'rx_drop_red 30',
        'rx_drop_overrun 40',
        'rx_drop_bcast 9000',
        'rx_drop_mcast 9000',
      ],
      standard: { rx_dropped: 70 },
    },
    '70, driver',
  ],
  [
    'hns3',
    {
      ethtool: ['rxq0_l2_err 5000', 'mac_rx_bad_pkt_num 5000'],
      standard: { rx_dropped: 5000 },
    },
    'no series, none',
  ],
  [
    'enic',
    {
      ethtool: ['rx_drop 9000', 'rx_no_bufs 70'],
      standard: { rx_dropped: 9070 },
    },
    '70, driver',
  ],
];

it.each(cases)('%s %j has lost %s', (driver, given, expected) => {
  expect(loss(driver, given)).toBe(expected);
});

it('are all tried', () => {
  const same = { sfc_falcon: 'sfc', nfp_netvf: 'nfp' };
  const tried = new Set(cases.map(([driver]) => driver));
  expect(Object.keys(drivers).filter((driver) => !tried.has(driver))).toEqual(Object.keys(same));
});

it.each([
  // A driver that is not known: of fields that may count the same, the largest.
  ['unheard_of', { rx_missed_errors: 12, rx_over_errors: 7 }, '12, unknown'],
  ['unheard_of', { rx_fifo_errors: 15, rx_missed_errors: 7 }, '15, unknown'],
  ['unheard_of', { rx_dropped: 9000 }, '0, unknown'],
  ['constructor', { rx_missed_errors: 3 }, '3, unknown'],
  // One that is, without any of the names that are looked for.
  ['mana', { rx_missed_errors: 3 }, '3, unknown'],
  ['e1000e', { rx_missed_errors: 3 }, '3, unknown'],
  // One that counts no loss by what is known.
  ['ixgbevf', { rx_missed_errors: 3 }, '3, none'],
])('%s does not hide standard counters: %j', (driver, standard, expected) => {
  expect(loss(driver, { standard })).toBe(expected);
});

it.each([
  [
    'e1000e',
    ['rx_packets 1', 'tx_packets 2', 'rx_bytes 3', 'tx_bytes 4', 'tx_dropped 9'],
    ['packets receive 1', 'packets transmit 2', 'bytes receive 3', 'bytes transmit 4'],
  ],
  [
    'ixgbe',
    ['rx_packets 9', 'rx_pkts_nic 1', 'tx_pkts_nic 2', 'rx_bytes_nic 3', 'tx_bytes_nic 4'],
    ['packets receive 1', 'packets transmit 2', 'bytes receive 3', 'bytes transmit 4'],
  ],
  [
    'i40e',
    ['rx_unicast 9', 'port.rx_bytes 3', 'port.rx_unicast 1', 'port.rx_multicast 10', 'port.rx_broadcast 100'],
    ['packets receive 111', 'bytes receive 3'],
  ],
  [
    'ice',
    ['rx_unicast 9', 'rx_unicast.nic 1', 'rx_multicast.nic 10', 'tx_bytes.nic 4'],
    ['packets receive 11', 'bytes transmit 4'],
  ],
  [
    'mlx5_core',
    ['rx_packets 9', 'rx0_packets 9', 'rx_packets_phy 1', 'rx_bytes_phy 3', 'tx_discards_phy 5'],
    ['packets receive 1', 'bytes receive 3', 'drops transmit 5'],
  ],
  [
    'fm10k',
    ['rx_packets 9', 'rx_packets_nic 1', 'tx_bytes_nic 4'],
    ['packets receive 1', 'bytes transmit 4'],
  ],
  ['atlantic', ['InPackets 1', 'InUCast 9', 'OutOctets 4'], ['packets receive 1', 'bytes transmit 4']],
  [
    'virtio_net',
    ['rx_hw_packets 9', 'rx0_hw_packets 1', 'rx1_hw_packets 10', 'tx0_hw_bytes 4', 'rx0_hw_gso_packets 9'],
    ['packets receive 11', 'bytes transmit 4'],
  ],
] as const)('%s carries what its hardware counts', (driver, ethtool, expected) => {
  const traffic = shown(driver, { ethtool, kind: driver === 'virtio_net' ? 'virtio' : 'nic' }).filter(
    (line) => !/^loss by|drops receive/.test(line),
  );
  expect(traffic).toEqual(expected.map((line) => `nic_hardware ${line}`));
});
