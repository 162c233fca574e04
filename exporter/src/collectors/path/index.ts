import { Devices, Ethtool, Netlink, networkOf, roleOf, type Device } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import type { Module } from '../module.js';
import { Bridged } from './bridged.js';
import { PathCollector, pathDescription } from './collector.js';
import { Hops } from './hops.js';
import { Interfaces, isTap } from './interfaces.js';
import { Invisible } from './invisible.js';
import { NicHardware } from './nic_hardware.js';
import { OpenVswitch } from './open_vswitch.js';
import { Refused } from './refused.js';
import { Softnet } from './softnet.js';
import { TrafficControl } from './traffic_control.js';
import { VirtualFunctions } from './virtual_functions.js';

export const pathModule: Module = {
  description: pathDescription,
  signals: [],
  create({ platform, watch }) {
    // Decided once: a module kvm that comes later must not rename the stages of series that are there.
    const guest = roleOf(platform, false) === 'guest';
    const namespace = networkOf('self');
    const netlink = new Netlink();
    const interfaces = new Interfaces({ guest, namespace });
    const softnet = new Softnet(guest);
    const refused = new Refused(() => softnet.dropped());
    // Going through all files costs too much for a machine that runs no VM.
    const taps = (devices: readonly Device[]): VmTap[] =>
      watch.inventory.vms.size > 0 || devices.some(isTap) ? watch.taps() : [];
    const stages = [
      interfaces,
      new NicHardware(new Ethtool(), '/sys', guest ? 'guest_nic' : 'nic_driver'),
      softnet,
      new TrafficControl(netlink, namespace),
      new OpenVswitch(),
      VirtualFunctions.by(netlink, watch.inventory),
      new Invisible(watch.inventory, namespace),
      new Hops(namespace),
    ];
    return new PathCollector(new Devices(netlink), refused, new Bridged(), taps, stages);
  },
};
