import type { CollectorDescription } from '../exposition/metric.js';
import { bridgeDropsModule } from './bridge_drops/index.js';
import { captureModule } from './capture/index.js';
import { cpuActivityModule } from './cpu_activity/index.js';
import { dropReasonsModule } from './drop_reasons/index.js';
import { machineModule } from './machine.js';
import type { Module } from './module.js';
import { napiModule } from './napi/index.js';
import { nicInterruptModule } from './nic_interrupt/index.js';
import { pathModule } from './path/index.js';
import { programsDescription } from './programs.js';
import { softirqModule } from './softirq.js';
import { suppressedKicksModule } from './suppressed_kicks/index.js';
import { connectionsDescription } from '../web/connections.js';
import { virtioModule } from './virtio/index.js';
import { virtqueueModule } from './virtqueue.js';
import { vmExitModule } from './vm_exit/index.js';

/** The collectors that can be switched, in the order in which they run and are documented. */
export const modules: readonly Module[] = [
  machineModule,
  pathModule,
  bridgeDropsModule,
  dropReasonsModule,
  nicInterruptModule,
  softirqModule,
  napiModule,
  vmExitModule,
  virtioModule,
  virtqueueModule,
  suppressedKicksModule,
  captureModule,
  cpuActivityModule,
];

/** Every collector there is. */
export const catalogue: readonly CollectorDescription[] = [
  programsDescription,
  connectionsDescription,
  ...modules.map(({ description }) => description),
];
