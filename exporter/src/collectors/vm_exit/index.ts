import { tapsSignal, threadsOf, vmFilesSignal } from '../../machine/index.js';
import type { Module } from '../module.js';
import { VmExitCollector, vmExitDescription } from './collector.js';
import { Ledger } from './ledger.js';
import { vmExitSignal } from './signal.js';
import { VmTotals } from './vm_totals.js';

export const vmExitModule: Module = {
  description: vmExitDescription,
  side: 'host',
  signals: [vmExitSignal, vmFilesSignal, tapsSignal],
  create({ watch, handles, resumedNs, linger }) {
    const tables = handles(vmExitSignal.name)?.tables;
    if (!tables) return undefined;
    const ledger = new Ledger(
      (name) => tables[name]!,
      () => resumedNs(vmExitSignal.name),
    );
    const vms = new VmTotals(ledger, (key) => watch.nameOf(key), linger * 1e9);
    watch.alsoCounted(() => ledger.processes());
    watch.afterScan(() => vms.recycle(threadsOf));
    return new VmExitCollector(vms, ledger, () => watch.keepUp());
  },
};
