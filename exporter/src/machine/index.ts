export type { Device, DeviceKind } from './devices.js';
export { Devices } from './devices.js';
export type { Roots } from './holders.js';
export { holdersFromProc } from './holders.js';
export { Inventory } from './inventory.js';
export type { DeviceCounters, Traffic } from './netdev.js';
export type { Platform, Role } from './platform.js';
export { readPlatform, roleOf } from './platform.js';
export type { Holder, Vm } from './types.js';
