export { readBypasses } from './bypasses.js';
export { containerOfProcess } from './cgroup.js';
export { Devices } from './devices.js';
export type { DriverCounters } from './ethtool.js';
export { Ethtool } from './ethtool.js';
export type { Roots } from './holders.js';
export { holdersFromProc, networkOf } from './holders.js';
export { Inventory } from './inventory.js';
export type {
  Datapath,
  DatapathPort,
  Device,
  DeviceKind,
  Families,
  Filters,
  Qdisc,
  Traffic,
  VirtualFunction,
} from './netlink/index.js';
export {
  CLSACT,
  findFamilies,
  Netlink,
  NetlinkError,
  readDatapaths,
  readFilters,
  readPorts,
  readQdiscs,
  readVirtualFunctions,
  TC_H_ROOT,
} from './netlink/index.js';
export type { NfQueue } from './nf_queues.js';
export { NfQueues } from './nf_queues.js';
export type { NetInterface, Nic, NicHandler } from './nics.js';
export { readInterfaces, readInterruptCount, readNics } from './nics.js';
export { addressOfFunction, functionsBehind, lenders } from './passthrough.js';
export type { Platform, Role } from './platform.js';
export { readPlatform, ROLES, roleOf } from './platform.js';
export { linesOf, list, readText } from './read.js';
export { parseSoftnet } from './softnet.js';
export type { SchedStat } from './schedstat.js';
export type { Holder, Vm } from './types.js';
export { ticksOf } from './stat.js';
export type { HeldTap } from './taps.js';
export { tapsFromHolders, tapsFromKernel, tapsSignal } from './taps.js';
export { threadsOf } from './threads.js';
export { growth, Totals, U32 } from './totals.js';
export type { VhostWorker } from './vhost.js';
export { readSchedstat, vhostWorkers } from './vhost.js';
export type { NetworkQueue, Virtqueue } from './virtqueues.js';
export { interfaceOf, networkQueues, Virtqueues } from './virtqueues.js';
export type { Hop } from './way.js';
export { Ways } from './way.js';
export { holdersFromKernel, vmFilesSignal } from './vm_files.js';
