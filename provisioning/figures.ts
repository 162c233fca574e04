/** What the rules must record of the host of the scenario, `a`, with the VM `sensor`, and of its inside, `g`. */

export const vm = 'instance="a",vm="sensor"';
/** Of what is meant for a tap, the share that gets through the NIC, the bridge and the tap. */
const ARRIVED = (40_000 / 40_400) * 0.96 * 0.9;

/** Every recorded series, reckoned by hand: by its labels, its value. */
export const figures: Record<string, Record<string, number>> = {
  'instance_vm_guest:trapline_guest:info': { [`${vm},guest="g"`]: 1 },
  'instance_stage_device_process_container:trapline_seen_packets:rate1m': {
    'instance="a",stage="nic_hardware",device="eth0"': 40_000,
    'instance="a",stage="nic_driver",device="eth0"': 40_000,
    'instance="a",stage="softnet"': 80_000,
    'instance="a",stage="bridge",device="br0"': 96,
    'instance="g",stage="guest_nic",device="eth0"': 18_000,
    'instance="g",stage="guest_nic",device="eth1"': 18_000,
    'instance="g",stage="guest_softnet"': 36_000,
    'instance="g",stage="socket",device="any",process="sensor"': 32_400,
  },
  'instance_stage_device_process_container:trapline_seen_drops:rate1m': {
    'instance="a",stage="nic_hardware",device="eth0"': 400,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge",device="br0"': 4,
    'instance="g",stage="guest_softnet"': 0,
    'instance="g",stage="socket",device="any",process="sensor"': 3_600,
  },
  'instance_vm_stage_device_process_container:trapline_carried:rate1m': {
    ...byDevice(40_000, 80_000, 96, 36_000, 32_400, 18_000),
    'instance="a",stage="nic_driver",device="eth0"': 40_000,
    [`${vm},stage="guest_nic",device="eth0"`]: 18_000,
    [`${vm},stage="guest_nic",device="eth1"`]: 18_000,
  },
  'instance_vm_stage_device_process_container:trapline_dropped:rate1m': byDevice(400, 0, 4, 0, 3_600, 2_000),
  'instance_vm_stage_device_process_container:trapline_offered:rate1m': byDevice(
    40_400,
    80_000,
    100,
    36_000,
    36_000,
    20_000,
  ),
  'instance_vm_stage_device_process_container:trapline_loss:ratio_rate1m': byDevice(
    400 / 40_400,
    0,
    0.04,
    0,
    0.1,
    0.1,
  ),
  'instance_vm_stage:trapline_loss:ratio_rate1m': {
    'instance="a",stage="nic_hardware"': 400 / 40_400,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge"': 0.04,
    [`${vm},stage="guest_softnet"`]: 0,
    [`${vm},stage="socket"`]: 0.1,
    [`${vm},stage="tap"`]: 0.1,
  },
  'instance_vm_tap_hop_stage_device:trapline_dropped:rate1m': byHop(2_000, 4, 400, true),
  'instance_vm_tap_hop_stage_device:trapline_offered:rate1m': byHop(20_000, 100, 40_400, true),
  'instance_vm_tap_hop_stage:trapline_loss:ratio_rate1m': byHop(0.1, 0.04, 400 / 40_400),
  'instance_vm_tap:trapline_loss:ratio_rate1m': byTap(1 - ARRIVED),
  'instance_vm_tap:trapline_meant:rate1m': byTap(18_000 / ARRIVED),
  'instance_vm:trapline_host_loss:ratio_rate1m': { [vm]: 1 - ARRIVED },
  'instance_vm:trapline_loss:ratio_rate1m': { [vm]: 1 - ARRIVED * 0.9 },
  'instance_vm:trapline_delivered:rate1m': { [vm]: 36_000 },
  'instance_vm:trapline_captured:rate1m': { [vm]: 32_400 },
  'instance_vm:trapline_softnet_squeezed:rate1m': { 'instance="a"': 3, [vm]: 1 },
  'instance_vm:trapline_delivered:share1m': { [vm]: 1 },
  'instance_vm_activity:trapline_guest_cpu_seconds:rate1m': {
    [`${vm},activity="capture"`]: 0.25,
    [`${vm},activity="idle"`]: 1.75,
  },
  'instance_vm_payer:trapline_cost_seconds:rate1m': byPayer(1),
  'instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m': byPayer(32_400),
  'instance_vm:trapline_exit_cost_seconds:rate1m': { [vm]: 0.375 },
  'instance_vm:trapline_exit_cost_seconds_per_delivered:ratio_rate1m': { [vm]: 0.375 / 36_000 },
  'instance_vm:trapline_exits_per_packet:ratio_rate1m': { [vm]: 18_000 / 32_400 },
  'instance_vm:trapline_userspace_exits_per_packet:ratio_rate1m': { [vm]: 3_600 / 32_400 },
  'instance_vm:trapline_kicks_per_packet:ratio_rate1m': { [vm]: 0.1 },
  'instance_vm:trapline_injections:rate1m': { [vm]: 6_480 },
  'instance_vm:trapline_injections_per_packet:ratio_rate1m': { [vm]: 0.2 },
  'instance_vm:trapline_interrupts_per_packet:ratio_rate1m': { [vm]: 9_000 / 32_400 },
  'instance_vm:trapline_cores:sum': { [vm]: 4 },
  'instance_vm:trapline_packet_budget_seconds:ratio_rate1m': { [vm]: 4 / 32_400 },
  'instance_vm_worker:trapline_busy:ratio_rate1m': {
    [`${vm},worker="vcpu"`]: 0.625,
    [`${vm},worker="vhost"`]: 0.1875,
  },
  'instance_vm:trapline_packet_budget_used:ratio_rate1m': { [vm]: 0.625 },
};

/** On the way to each tap. */
function byHop(tap: number, bridge: number, nic: number, devices = false) {
  const at = (hop: number, stage: string, device: string) =>
    `hop="${hop}",stage="${stage}"` + (devices ? `,device="${device}"` : '');
  return Object.fromEntries(
    ['tap0-sensor', 'tap1-sensor'].flatMap((name) => [
      [`${vm},tap="${name}",${at(0, 'tap', name)}`, tap],
      [`${vm},tap="${name}",${at(1, 'bridge', 'br0')}`, bridge],
      [`${vm},tap="${name}",${at(2, 'nic_hardware', 'eth0')}`, nic],
    ]),
  );
}

function byTap(value: number) {
  return Object.fromEntries(['tap0-sensor', 'tap1-sensor'].map((tap) => [`${vm},tap="${tap}"`, value]));
}

/** By every stage whose loss is known. */
function byDevice(
  nic: number,
  softnet: number,
  bridge: number,
  guestSoftnet: number,
  socket: number,
  tap: number,
) {
  return {
    'instance="a",stage="nic_hardware",device="eth0"': nic,
    'instance="a",stage="softnet"': softnet,
    'instance="a",stage="bridge",device="br0"': bridge,
    [`${vm},stage="guest_softnet"`]: guestSoftnet,
    [`${vm},stage="socket",device="any",process="sensor"`]: socket,
    [`${vm},stage="tap",device="tap0-sensor"`]: tap,
    [`${vm},stage="tap",device="tap1-sensor"`]: tap,
  };
}

function byPayer(packets: number) {
  const seconds = {
    exit_kernel: 0.25,
    exit_vmm: 0.125,
    vhost: 0.25,
    interrupt: 0.0625,
    softirq: 0.5,
    capture: 0.25,
  };
  return Object.fromEntries(
    Object.entries(seconds).map(([payer, cost]) => [`${vm},payer="${payer}"`, cost / packets]),
  );
}
