import type { Scrape } from '../counting/scrape.js';
import type { Trapline } from '../counting/trapline.js';

/** Without these no cell has an account. */
const COLLECTORS = ['path', 'capture'];

/** What keeps this Trapline from accounting for cells, in sentences. `vm`: which it must know. */
export async function complaintsOf(trapline: Trapline, vm?: string): Promise<string[]> {
  let scrape: Scrape;
  try {
    scrape = await trapline.scrape();
  } catch {
    return [`Trapline does not answer at ${trapline.where}: run trapline serve there.`];
  }
  return [...collectorsOff(scrape), ...programsOff(scrape), ...unknownVm(scrape, vm)];
}

function collectorsOff(scrape: Scrape): string[] {
  const off = COLLECTORS.filter((collector) => scrape.sum('trapline_collector_up', { collector }) === 0);
  return off.map((name) => `Its collector ${name} is off or fails: run it with --collector.${name}.`);
}

/** The programs of the capture collector are what keeps counts that a sensor clears by reading them. */
function programsOff(scrape: Scrape): string[] {
  const attached = scrape.sumBy('program', 'trapline_program_attached', { collector: 'capture' });
  const off = Object.entries(attached).filter(([, value]) => value === 0);
  return off.map(
    ([program]) => `Its program ${program} is not attached, so counts would be missing: see trapline doctor.`,
  );
}

function unknownVm(scrape: Scrape, vm: string | undefined): string[] {
  const known = scrape.values('vm', 'trapline_vm_info');
  if (vm === undefined || known.includes(vm)) return [];
  return [`It knows no VM ${vm}; ${known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`}.`];
}
