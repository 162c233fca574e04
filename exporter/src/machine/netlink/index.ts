export type { Filters } from './filters.js';
export { CLSACT, readFilters } from './filters.js';
export type { Device, DeviceKind, Traffic, XdpProgram } from './links.js';
export { readLinks } from './links.js';
export type { Qdisc } from './qdiscs.js';
export { readQdiscs, TC_H_ROOT } from './qdiscs.js';
export { Netlink, NetlinkError } from './socket.js';
export type { VirtualFunction } from './virtual_functions.js';
export { readVirtualFunctions } from './virtual_functions.js';
