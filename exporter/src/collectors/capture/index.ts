import { containerOfProcess } from '../../machine/index.js';
import type { Module } from '../module.js';
import { CaptureCollector, captureDescription } from './collector.js';
import { captureSignal } from './signal.js';
import { Source } from './source.js';
import { Tally } from './tally.js';

export const captureModule: Module = {
  description: captureDescription,
  signals: [captureSignal],
  create({ watch, handles, queues, linger, captureBySocket = false }) {
    const { tables, iterators } = handles(captureSignal.name) ?? {};
    const iterator = iterators?.['capture_sockets'];
    if (!tables || iterator === undefined) return undefined;
    const source = new Source((name) => tables[name]!, iterator);
    const tally = new Tally(linger * 1e9, containerOfProcess);
    const collector = new CaptureCollector(source, tally, queues, captureBySocket);
    watch.afterScan(() => collector.takeClosed());
    return collector;
  },
};
