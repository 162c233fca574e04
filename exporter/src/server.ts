/**
 * The unprivileged process: reads what the programs count, adds it up to VMs and serves it. It gives up root before it
 * listens, and ends when the loader does.
 */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { release } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { modules } from './collectors/catalogue.js';
import type { Context, RunningCollector } from './collectors/module.js';
import { ProgramsCollector } from './collectors/programs.js';
import { verdicts } from './collectors/verdicts.js';
import { Withholding } from './collectors/withholding.js';
import { Exposition, type Listener } from './exposition/index.js';
import { EXIT } from './failure.js';
import { LOADER_PIPE, type LoaderMessage } from './handover.js';
import { libbpfVersion, type SignalHandles } from './kernel/index.js';
import { LiveView } from './live/live_view.js';
import { Loaded } from './loaded.js';
import { createLog, type Logger } from './log.js';
import { readPlatform, roleOf } from './machine/index.js';
import type { ServeOptions } from './options.js';
import { demandVisibleProcesses } from './preflight.js';
import { becomeUser } from './privileges.js';
import { report } from './report.js';
import { Watch } from './watch.js';
import { Connections, Site, WebServer } from './web/index.js';

const checkout = join(import.meta.dirname, '../..');

const loaded = new Loaded();
let logger: Logger | undefined;

const lines = createInterface({ input: new Socket({ fd: LOADER_PIPE }) });
lines.on('line', (line) => {
  const message = JSON.parse(line) as LoaderMessage;
  if (message.type === 'programs') tellChanges(loaded.learn(message.states));
  else if (message.type === 'cost') loaded.cost = message.report;
  else if (message.type === 'queues') loaded.queues = message.queues;
  else if (message.type === 'unmeasured')
    logger?.warn(`What the programs cost is not known: ${message.reason}.`);
  else serve(message.options, message.signals).catch((error: unknown) => process.exit(report(error)));
});
// Without the loader nothing is attached any more: numbers would stand still and look alive.
lines.on('close', () => process.exit(EXIT.ok));

function tellChanges({ suspended, resumed }: { suspended: string[]; resumed: string[] }): void {
  for (const name of suspended)
    logger?.warn({ collector: name }, `Collector ${name} is switched off: the programs cost too much.`);
  for (const name of resumed) logger?.info({ collector: name }, `Collector ${name} is switched on again.`);
}

async function serve(options: ServeOptions, signals: Record<string, SignalHandles>): Promise<void> {
  const log = (logger = createLog(options.logLevel));
  // All that only root may read or use comes first.
  const handles = (signal: string): SignalHandles | undefined => signals[signal];
  const watch = new Watch(handles);
  const platform = { ...readPlatform(), role: options.role };
  const collectors = start(options, {
    platform,
    watch,
    handles,
    resumedNs: (signal) => loaded.resumedNs(signal),
    queues: () => loaded.queues,
    linger: options.linger,
    captureBySocket: options.captureBySocket,
  });
  const site = await Site.load({
    page: join(checkout, 'grafana-plugin/host/dist'),
    panel: join(checkout, 'grafana-plugin/dist'),
    runbook: join(checkout, 'exporter/dist/runbook'),
  });
  const version = versionOf(signals);
  const user = becomeUser(options.user);
  demandVisibleProcesses(user);

  const connections = new Connections({ log });
  const programs = new ProgramsCollector(loaded, options.costBudget, collectors);
  const all = [programs, connections, ...collectors];
  const exposition: Exposition = new Exposition({
    collectors: all,
    build: { ...version, kernel: release() },
    log,
    maxSeries: options.maxSeries,
    listener: () => (web.wantsSample ? listenFor(view, web) : undefined),
  });
  const view = new LiveView({
    collectors: all,
    vms: () => namesOf(watch),
    programs: () => verdicts(loaded.states ?? []),
    role: () => roleOf(platform, watch.inventory.vms.size > 0),
    version: version.version,
  });
  const web: WebServer = new WebServer({
    listen: options.listen,
    connections,
    exposition,
    site,
    log,
    notReady: () => (loaded.states ? undefined : 'The eBPF programs are being attached.'),
    take: () => view.take(),
  });
  watch.start((error) => log.error({ err: error }, 'The machine could not be scanned.'));
  endOnSignals(web, watch, log);
  const { url } = await web.start();
  log.info({ url, user }, `Serving ${url}`);
  if (process.geteuid?.() === 0) log.warn('The server runs as root, with all its capabilities.');
}

const start = (options: ServeOptions, context: Context): RunningCollector[] =>
  modules
    .filter(({ description }) => options.collectors.includes(description.name))
    .flatMap((module) => {
      const collector = module.create(context);
      return collector
        ? new Withholding(collector, module.signals, (...program) => loaded.attached(...program))
        : [];
    });

/** A scrape gives the page its sample where nobody watches. */
function listenFor(view: LiveView, web: WebServer): Listener {
  const look = view.look();
  return Object.assign(look, { end: () => web.offer(() => look.taken()) });
}

const namesOf = (watch: Watch): string[] => [...watch.inventory.vms.values()].map(({ name }) => name);

function versionOf(signals: Record<string, SignalHandles>): { version: string; libbpf: string } {
  const { version } = JSON.parse(readFileSync(join(checkout, 'exporter/package.json'), 'utf8')) as {
    version: string;
  };
  return { version, libbpf: Object.keys(signals).length > 0 ? libbpfVersion() : '' };
}

function endOnSignals(web: WebServer, watch: Watch, log: Logger): void {
  const end = async (): Promise<void> => {
    watch.stop();
    await web.stop();
    log.info('Stopped.');
    process.exit(EXIT.ok);
  };
  process.once('SIGTERM', () => void end());
  process.once('SIGINT', () => void end());
}
