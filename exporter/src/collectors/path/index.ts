import { Devices, Ethtool, roleOf } from '../../machine/index.js';
import type { Module } from '../module.js';
import { Bridged } from './bridged.js';
import { PathCollector, pathDescription } from './collector.js';
import { Interfaces } from './interfaces.js';
import { Invisible } from './invisible.js';
import { NicHardware } from './nic_hardware.js';
import { Refused } from './refused.js';
import { Softnet } from './softnet.js';

export const pathModule: Module = {
  description: pathDescription,
  signals: [],
  create({ platform, watch }) {
    // Decided once: a module kvm that comes later must not rename the stages of series that are there.
    const guest = roleOf(platform, false) === 'guest';
    const interfaces = new Interfaces({ vmOf: (tap) => watch.vmOfTap(tap), guest });
    const softnet = new Softnet(guest);
    const refused = new Refused(() => softnet.dropped());
    const hardware = new NicHardware(new Ethtool(), '/sys', guest ? 'guest_nic' : 'nic_driver');
    const stages = [hardware, softnet, new Invisible(watch.inventory)];
    return new PathCollector(new Devices(), refused, new Bridged(), interfaces, stages);
  },
};
