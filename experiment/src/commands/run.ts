/** `run`, `resume` and `clean`: what works in the directory of a run. Each returns an exit code. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { check } from '../engine/check.js';
import type { Equipment } from '../engine/equipment.js';
import { RunFolder } from '../engine/folder.js';
import { heedInterrupts } from '../engine/interrupt.js';
import { Journal } from '../engine/journal.js';
import { describeRestored, restore } from '../engine/restore.js';
import { run, shellsOf, type Ending } from '../engine/run.js';
import { survey, type Survey } from '../engine/survey.js';
import { undo } from '../engine/undo.js';
import { EXIT, Failure } from '../failure.js';
import { orderedCells } from '../plan/cells.js';
import { readPlan, type PlanFile } from '../plan/read.js';
import type { Cell } from '../results.js';
import { Terminal } from '../terminal.js';
import { describeDryRun } from './dry_run.js';
import type { Workshop } from './workshop.js';

export interface RunOptions {
  dir?: string;
  dryRun?: boolean;
  seed?: number;
}

export async function runPlan(path: string, options: RunOptions, workshop: Workshop): Promise<number> {
  const text = readText(path);
  const file = readPlan(text, path, workshop);
  const seed = options.seed ?? file.plan.seed ?? randomInt(2 ** 32);
  if (options.dryRun) {
    const cells = orderedCells(file.plan, workshop.methods, seed);
    console.log(describeDryRun(file.plan, cells, seed).join('\n'));
    return EXIT.ok;
  }
  const equipment = workshop.equip(file.plan);
  await check(file, equipment);
  const found = await survey(file.plan, equipment, seed);
  const cells = possibleCells(file, found, workshop);
  const folder = RunFolder.create(options.dir ?? newName(path), text);
  return working(folder, async (journal) => {
    folder.environment = found.environment;
    return measure({ file, equipment, found, cells, folder, journal, workshop });
  });
}

export async function resumeRun(path: string, workshop: Workshop): Promise<number> {
  const folder = RunFolder.open(path);
  return working(folder, async (journal) => {
    const file = readPlan(folder.planText, join(path, 'plan.yaml'), workshop);
    const equipment = workshop.equip(file.plan);
    for (const what of await undo(journal, shellsOf(equipment))) console.error(`Not taken back: ${what}`);
    await check(file, equipment);
    const { seed, startedAt } = folder.environment;
    const found = await survey(file.plan, equipment, seed);
    const cells = possibleCells(file, found, workshop);
    folder.environment = { ...found.environment, startedAt };
    return measure({ file, equipment, found, cells, folder, journal, workshop });
  });
}

export async function cleanRun(path: string, workshop: Workshop): Promise<number> {
  const folder = RunFolder.open(path);
  return working(folder, async (journal) => {
    const { plan } = readPlan(folder.planText, join(path, 'plan.yaml'), workshop);
    const restored = await restore(journal, shellsOf(workshop.equip(plan)));
    console.log(describeRestored(restored, path).join('\n'));
    return restored.failed.length === 0 ? EXIT.ok : EXIT.incomplete;
  });
}

/** Everything that is known before the first cell. */
interface Prepared {
  file: PlanFile;
  equipment: Equipment;
  found: Survey;
  cells: Cell[];
  folder: RunFolder;
  journal: Journal;
  workshop: Workshop;
}

async function measure({
  file,
  equipment,
  found,
  cells,
  folder,
  journal,
  workshop,
}: Prepared): Promise<number> {
  const { seed, absent } = found.environment;
  const terminal = new Terminal();
  const say = (sentence: string): void => {
    terminal.say(sentence);
  };
  for (const { method, remedy } of absent) say(`Left out: ${method}. ${remedy}`);
  say(`${cells.length} cells in ${folder.path}, in the order of seed ${seed}.`);
  const interruption = heedInterrupts(journal, folder.path, say);
  const announcers = [terminal, ...(await workshop.announcers(say))];
  let ending: Ending;
  try {
    const { plan } = file;
    const { signal } = interruption;
    ending = await run({ folder, journal, plan, equipment, cells, announcers, signal, say });
  } finally {
    interruption.letGo();
    for (const announcer of announcers) await announcer.close();
  }
  if (ending !== 'complete') say(`Go on with trapline experiment resume ${folder.path}.`);
  if (folder.stored().size > 0) say(`Report: ${await workshop.report(folder.path)}`);
  return { complete: EXIT.ok, incomplete: EXIT.incomplete, interrupted: EXIT.interrupted }[ending];
}

/** Throws `Failure` where none is. */
function possibleCells({ plan }: PlanFile, { environment, possible }: Survey, { methods }: Workshop): Cell[] {
  const cells = orderedCells(plan, methods, environment.seed).filter(possible);
  if (cells.length > 0) return cells;
  const remedy = environment.absent[0]!.remedy;
  throw new Failure('None of the methods of the plan is installed.', remedy, EXIT.missing);
}

/** Works in a folder with its journal, and lets go of both. */
async function working(folder: RunFolder, work: (journal: Journal) => Promise<number>): Promise<number> {
  const journal = new Journal(folder.journalPath);
  try {
    return await work(journal);
  } finally {
    journal.close();
    folder.release();
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`The plan cannot be read: ${reason}.`, 'Name a file.', EXIT.usage);
  }
}

/** In the working directory: the name of the plan and the time, `plan-2012-07-30T09-15-00`. */
function newName(planPath: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return `${basename(planPath, extname(planPath))}-${time}`;
}
