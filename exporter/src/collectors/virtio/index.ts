import { hasModule } from '../../kernel/index.js';
import { threadsOf, vhostWorkers } from '../../machine/index.js';
import { Fleet } from '../fleet.js';
import type { Context, Module } from '../module.js';
import { VirtioCollector, virtioDescription } from './collector.js';
import { DoorbellLedger, Doorbells } from './doorbells.js';
import { virtioSignal } from './signal.js';
import { VhostLedger, VhostTime } from './vhost.js';

export const virtioModule: Module = {
  description: virtioDescription,
  side: 'host',
  signals: [virtioSignal],
  create: (context) => new VirtioCollector(followVhost(context), followDoorbells(context)),
};

const now = (): number => Number(process.hrtime.bigint());

function followVhost({ watch, linger }: Context) {
  const ledger = new VhostLedger((vms) => (hasModule('vhost') ? vhostWorkers(vms) : new Map()));
  const fleet = new Fleet(
    () => new VhostTime(),
    (key) => watch.nameOf(key),
    linger * 1e9,
  );
  watch.afterScan(() => {
    const ended = ledger.refresh(new Set(watch.inventory.vms.keys()));
    fleet.end(ended, now());
    fleet.meet(ledger.read().keys());
  });
  return { ledger, fleet };
}

function followDoorbells({ watch, handles, linger }: Context) {
  const tables = handles(virtioSignal.name)?.tables;
  if (!tables) return undefined;
  const ledger = new DoorbellLedger((name) => tables[name]!);
  const fleet = new Fleet(
    () => new Doorbells(),
    (key) => watch.nameOf(key),
    linger * 1e9,
  );
  watch.alsoCounted(() => [...ledger.read().keys()].map((key) => [key, '']));
  watch.afterScan(() => {
    fleet.meet(ledger.read().keys());
    fleet.end(
      ledger.recycle((key) => threadsOf(key) !== undefined),
      now(),
    );
  });
  return { ledger, fleet };
}
