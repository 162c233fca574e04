/** Holds a plan against its machines before anything is touched. */
import { EXIT, Failure } from '../failure.js';
import { nearest } from '../plan/nearest.js';
import { PlanFailure, type Complaint } from '../plan/complaint.js';
import type { PlanFile } from '../plan/read.js';
import type { Platform } from '../results.js';
import type { Shell } from '../shell/shell.js';
import type { Equipment } from './equipment.js';
import { findSteered } from './pinning.js';

/** Says what is wrong with the value at a path of the plan. */
type Complain = (path: string, message: string) => void;

/** Throws a `Failure` that names every reason why the plan cannot be run here, each with its line. */
export async function check(file: PlanFile, equipment: Equipment): Promise<void> {
  const complaints: Complaint[] = [];
  const complain: Complain = (path, message) => complaints.push(file.at(path, message));
  if ((await equipment.host.must('id -u')).trim() !== '0')
    throw new Failure(
      'An experiment pins, captures and sends, which only root may.',
      'Run it as root, as in sudo trapline experiment run PLAN.',
      EXIT.privileges,
    );
  await checkHost(file, equipment, complain);
  if (equipment.guest) await checkGuest(file, equipment.guest, equipment, complain);
  if (complaints.length > 0) throw new PlanFailure(file.file, complaints, EXIT.missing);
}

async function checkHost({ plan }: PlanFile, equipment: Equipment, complain: Complain): Promise<void> {
  const { host, loads } = equipment;
  const { interfaces, online } = await inventory(host);
  const { pinning } = plan;
  for (const path of ['load', 'host'] as const)
    checkInterface(`${path}.device`, plan[path].device, interfaces, 'the host', complain);
  for (const path of ['interrupts', 'vhost', 'vcpu', 'load'] as const)
    checkCpus(`pinning.${path}`, pinning[path], online, 'the host', complain);
  checkCpus('pinning.sensor.host', pinning.sensor?.host, online, 'the host', complain);
  const load = loads.find(({ name }) => name === plan.load.generator);
  const presence = await load?.detect(host);
  if (presence?.present === false)
    complain('load.generator', `${plan.load.generator} is not there. ${presence.remedy}`);
  const sound = await checkTrapline('host', equipment, complain);
  // What is to be pinned is found through Trapline.
  if (sound) await checkSteered({ plan }, equipment, complain);
}

async function checkGuest(
  { plan }: Pick<PlanFile, 'plan'>,
  guest: Shell,
  equipment: Equipment,
  complain: Complain,
): Promise<void> {
  const outcome = await guest.run('id -u', { timeout: 60 }).catch((error: unknown) => ({
    code: 1,
    stdout: '',
    stderr: error instanceof Error ? error.message : String(error),
  }));
  if (outcome.code !== 0)
    return complain('guest.shell', `The guest cannot be reached: ${lastLine(outcome.stderr)}`);
  if (outcome.stdout.trim() !== '0') return complain('guest.shell', 'It must make you root in the guest.');
  const { interfaces, online } = await inventory(guest);
  checkInterface('guest.device', plan.guest!.device, interfaces, 'the guest', complain);
  checkCpus('pinning.sensor.guest', plan.pinning.sensor?.guest, online, 'the guest', complain);
  await checkTrapline('guest', equipment, complain);
}

/** Whether there was nothing to complain of. */
async function checkTrapline(on: Platform, equipment: Equipment, complain: Complain): Promise<boolean> {
  const complaints = await equipment.traplineComplaints(equipment[on]!);
  for (const sentence of complaints) complain(`${on}.trapline`, sentence);
  return complaints.length === 0;
}

/** Whether there is something to pin. */
async function checkSteered(
  { plan }: Pick<PlanFile, 'plan'>,
  equipment: Equipment,
  complain: Complain,
): Promise<void> {
  const absence = {
    interrupts: `${plan.host.device} has no interrupt that could be pinned; leave this out.`,
    vhost: `The VM ${plan.guest?.vm} has no vhost worker; leave this out, or give its NIC vhost=on.`,
    vcpu: `The VM ${plan.guest?.vm} has no vCPU thread that has run yet.`,
  };
  const found = await findSteered(plan, equipment);
  for (const target of ['interrupts', 'vhost', 'vcpu'] as const)
    if (found[target]?.length === 0) complain(`pinning.${target}`, absence[target]);
}

async function inventory(shell: Shell): Promise<{ interfaces: string[]; online: number[] }> {
  const listing = await shell.must('cat /sys/devices/system/cpu/online; ls /sys/class/net');
  const [cpus = '', ...interfaces] = listing.trim().split('\n');
  const online = cpus.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return { interfaces, online };
}

function checkInterface(
  path: string,
  device: string,
  interfaces: readonly string[],
  machine: string,
  complain: Complain,
): void {
  if (interfaces.includes(device)) return;
  const meant = nearest(device, interfaces);
  const hint = meant === undefined ? `there are ${interfaces.join(', ')}.` : `did you mean ${meant}?`;
  complain(path, `There is no interface ${device} on ${machine}; ${hint}`);
}

function checkCpus(
  path: string,
  cpus: readonly number[] | undefined,
  online: readonly number[],
  machine: string,
  complain: Complain,
): void {
  const missing = cpus?.filter((cpu) => !online.includes(cpu)) ?? [];
  if (missing.length > 0)
    complain(path, `CPU ${missing.join(', ')} is not online on ${machine}; online: ${online.join(', ')}.`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it did not answer.';
}
