/** What an experiment is made with, on real machines. */
import type { Equipment } from '../engine/equipment.js';
import { ledgerOf, type Witnesses } from '../counting/ledger.js';
import { traplineAt, traplineOn, type Trapline } from '../counting/trapline.js';
import { bringPktgen } from '../load/pktgen.js';
import { LOADS } from '../load/index.js';
import { METHODS } from '../methods/index.js';
import type { Plan } from '../plan/plan.js';
import { CommandShell } from '../shell/command_shell.js';
import type { Shell } from '../shell/shell.js';
import { complaintsOf } from './complaints.js';
import { describe } from './describe.js';

/** Everything for a plan. */
export function equip(plan: Plan): Equipment {
  const host = new CommandShell('host');
  const guest = plan.guest && new CommandShell('guest', plan.guest.shell);
  const onHost = traplineAt(plan.host.trapline);
  const onGuest = guest && traplineOfGuest(plan, guest);
  return {
    host,
    ...(guest ? { guest } : {}),
    methods: METHODS,
    loads: LOADS,

    async prepare(shell, changes) {
      if (shell.platform === 'host' && plan.load.generator === 'pktgen') await bringPktgen(shell, changes);
    },

    counterOf: (cell, sensor) => Promise.resolve(ledgerOf(plan, cell, sensor.by, witnesses(cell.platform))),
    describe,

    async vmProcess() {
      const [pid] = plan.guest
        ? (await onHost.scrape()).values('pid', 'trapline_vm_info', { vm: plan.guest.vm })
        : [];
      return pid === undefined ? undefined : Number(pid);
    },

    async traplineVersion() {
      return (await onHost.scrape()).values('version', 'trapline_build_info')[0] ?? '';
    },

    traplineComplaints: (on) =>
      on.platform === 'host' ? complaintsOf(onHost, plan.guest?.vm) : complaintsOf(onGuest!),
  };

  function witnesses(platform: Shell['platform']): Witnesses {
    return platform === 'guest' ? { host: onHost, guest: onGuest! } : { host: onHost };
  }
}

function traplineOfGuest(plan: Plan, guest: Shell): Trapline {
  const address = plan.guest?.trapline;
  return address === undefined ? traplineOn(guest) : traplineAt(address);
}
