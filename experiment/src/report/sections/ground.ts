/** What the run stands on: how it was measured, where, and what may be concluded from it. */
import { parse } from 'yaml';
import type { CellResult, Environment, MachineDescription } from '../../results.js';
import type { Context } from '../context.js';
import { tableOf } from '../figures/figure.js';
import { moment, whole } from '../format.js';
import { type Markup, markup } from '../markup.js';
import { isSound, keptOf, lostIn } from '../measures.js';
import type { Run } from '../run.js';
import { sound } from '../answer.js';

export function ground(context: Context): Markup {
  const { run, results } = context;
  return markup`<h3 id="soundness">Can the numbers be trusted?</h3>
<p>${sound(results)} ${progress(run)}</p>
${unsound(results)}
<h3 id="limits">What this machine can show</h3>
${limits(run.environment)}
<h3 id="machines">Machines</h3>
${machines(run.environment)}
${absent(run.environment)}
<h3 id="plan">Plan</h3>
<p>${method(results)} The order of the cells was drawn with the seed ${run.environment.seed}.</p>
<details><summary>The plan file</summary><pre tabindex="0">${run.plan}</pre></details>`;
}

/** Cells of the plan, where its factors can be read: a method that is not installed has none. */
function plannedCells({ plan, environment }: Run): number | undefined {
  const { factors = {}, replications } = (parse(plan) ?? {}) as {
    factors?: Record<string, unknown>;
    replications?: number;
  };
  const missing = new Set(environment.absent.map(({ method }) => method));
  // A single level may stand without brackets.
  const levels = Object.values(factors).map((given) =>
    [given].flat().filter((level) => !missing.has(String(level))),
  );
  return replications && levels.reduce((product, { length }) => product * length, replications);
}

function progress(run: Run): string {
  const planned = plannedCells(run);
  const measured = run.results.length;
  if (planned === undefined || planned <= measured) return '';
  return `The run is not complete: ${whole(measured)} of ${whole(planned)} cells are measured.`;
}

function unsound(results: readonly CellResult[]): Markup | undefined {
  const bad = results.filter((result) => !isSound(result));
  if (bad.length === 0) return undefined;
  return tableOf(
    {
      head: ['Cell', 'Offered', 'Captured', 'Captured, as Trapline says', 'Lost', 'Unaccounted'],
      keys: 1,
      rows: bad.map((result) => [
        result.cell.id,
        whole(result.offered),
        whole(result.delivered),
        whole(result.deliveredByTrapline),
        whole(lostIn(result)),
        whole(result.offered - result.delivered - lostIn(result)),
      ]),
    },
    'Cells in which packets are not accounted for',
  );
}

/** Hypervisors by which systemd-detect-virt means that every instruction is emulated. */
const EMULATORS = ['qemu', 'bochs'];

/** QEMU's processor says so too, where a container hides the machine around it. */
const isEmulated = ({ virtualization, cpu }: MachineDescription): boolean =>
  EMULATORS.includes(virtualization) || cpu.includes('TCG');

function limits({ host }: Environment): Markup {
  const { virtualization } = host;
  if (virtualization === 'none' && !isEmulated(host))
    return markup`<p>The host is a machine of its own. Rates, times and counts are those of its hardware; they hold for machines like it.</p>`;
  const emulated = isEmulated(host);
  return markup`<p>${
    emulated
      ? 'The host is emulated in software: its processor, its NIC and its clock are programs.'
      : `The host is itself a virtual machine (${virtualization}): its exits go through another hypervisor below.`
  }</p>
<ul><li><strong>It shows</strong> where packets are lost, in what order methods and factors stand, ratios between cells that were measured side by side, and
counts: exits, kicks, injections and interrupts per packet.</li>
<li><strong>It does not show</strong> what hardware would do in absolute numbers: rates and times per packet are ${emulated ? 'those of the emulator, many times slower, and not by the same factor for every kind of work' : 'those of a machine in a machine'}.</li></ul>`;
}

function machines({ host, guest, trapline, startedAt }: Environment): Markup {
  const both = guest ? [host, guest] : [host];
  const programs = [...new Set(both.flatMap((machine) => Object.keys(machine.programs)))].sort();
  const row = (title: string, value: (machine: MachineDescription) => string | number) => [
    title,
    ...both.map((machine) => String(value(machine))),
  ];
  return markup`${tableOf(
    {
      head: ['', 'Host', ...(guest ? ['Guest'] : [])],
      keys: 1,
      plain: true,
      rows: [
        row('Name', ({ hostname }) => hostname),
        row('Kernel', ({ kernel }) => kernel),
        row('Processor', ({ cpu }) => cpu),
        row('CPUs', ({ cpus }) => cpus),
        row('Runs under', ({ virtualization }) =>
          virtualization === 'none' ? 'nothing: bare metal' : virtualization,
        ),
        ...programs.map((program) => row(program, (machine) => machine.programs[program] ?? '–')),
      ],
    },
    'Machines',
  )}<p>Begun ${moment(startedAt)}, with Trapline ${trapline}.</p>`;
}

const absent = ({ absent: missing }: Environment): Markup | undefined =>
  missing.length === 0
    ? undefined
    : markup`<p>Methods of the plan that are not installed there, and so have no cells:</p><ul>${missing.map(
        ({ method: name, remedy }) => markup`<li><strong>${name}</strong>: ${remedy}</li>`,
      )}</ul>`;

function method(results: readonly CellResult[]): string {
  const [first] = results;
  const kept = first!.samples.filter((sample) => sample.kept).length;
  const discarded = first!.samples.length - kept;
  return `Each cell is a fresh sensor and a fresh load; ${whole(kept)} samples over ${keptOf(first!).seconds.toFixed(0)} s are kept and ${whole(discarded)} discarded as warm-up and cool-off. A cell counts as one value: its samples follow each other and are not independent.`;
}
