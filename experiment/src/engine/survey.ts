/** What a run is made on, and with which methods. */
import type { Plan } from '../plan/plan.js';
import type { Cell, Environment, MachineDescription, Platform } from '../results.js';
import type { Equipment } from './equipment.js';

/** A machine of the plan as it was found. */
interface Surveyed {
  description: MachineDescription;
  /** Methods that cannot be used there, and what would bring them. */
  absent: Map<string, string>;
}

/** What was found before a run. */
export interface Survey {
  environment: Environment;
  /** Whether its method can be used on its platform. */
  possible(cell: Cell): boolean;
}

export async function survey(plan: Plan, equipment: Equipment, seed: number): Promise<Survey> {
  const machines = new Map<Platform, Surveyed>();
  for (const platform of plan.factors.platform)
    machines.set(platform, await surveyMachine(platform, plan, equipment));
  const host = machines.get('host') ?? (await surveyMachine('host', plan, equipment));
  const guest = machines.get('guest');
  const absent = [...machines].flatMap(([platform, { absent }]) =>
    [...absent].map(([method, remedy]) => ({ method, remedy: `On the ${platform}: ${remedy}` })),
  );
  return {
    environment: {
      trapline: await equipment.traplineVersion(),
      seed,
      startedAt: new Date().toISOString(),
      host: host.description,
      ...(guest ? { guest: guest.description } : {}),
      absent,
    },
    possible: ({ platform, method }) => !machines.get(platform)!.absent.has(method),
  };
}

async function surveyMachine(platform: Platform, plan: Plan, equipment: Equipment): Promise<Surveyed> {
  const shell = equipment[platform]!;
  const absent = new Map<string, string>();
  let programs: Record<string, string> = {};
  const load = platform === 'host' && equipment.loads.find(({ name }) => name === plan.load.generator);
  for (const method of equipment.methods.filter(({ name }) => plan.factors.method.includes(name))) {
    const monitors = method.monitors.filter((monitor) => plan.factors.monitor.includes(monitor));
    const presence = await method.detect(shell, monitors);
    if (presence.present) programs = { ...programs, ...presence.programs };
    else absent.set(method.name, presence.remedy);
  }
  const source = load ? await load.detect(shell) : undefined;
  if (source?.present) programs = { ...programs, ...source.programs };
  return { description: { ...(await equipment.describe(shell)), programs }, absent };
}
