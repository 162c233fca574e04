/** `npm start`: from a fresh clone to a page that moves. */
import { ensurePackages } from './apt.mjs';
import { build } from './build.mjs';
import { exitWith, green, say } from './console.mjs';
import { ground, missingGround } from './ground.mjs';
import { ensureNodeModules } from './npm.mjs';
import { ended, installed, interrupted, start, stopAll } from './processes.mjs';
import { answers, hasVm, isReady, pageOf } from './serving.mjs';

const NO_DEMO = '--no-demo';

await exitWith(async () => {
  const args = process.argv.slice(2);
  const found = ground();
  if (!found.root)
    throw new Error('Trapline attaches its programs to the kernel as root: run `sudo npm start`.');
  await ensurePackages(['libbpf1']);
  await ensureNodeModules();
  await build();
  if (interrupted()) return interrupted();
  missingGround(found).forEach(say);
  const options = args.filter((arg) => arg !== NO_DEMO);
  return serve(options, found.kvm && !args.includes(NO_DEMO));
});

/**
 * Runs the exporter, and a guest to look at where there is none, until either the exporter ends or we are stopped.
 * @param {readonly string[]} args for `trapline serve`
 * @param {boolean} demo whether there may be a guest
 */
async function serve(args, demo) {
  const page = pageOf(args, process.env);
  if (await answers(page)) {
    throw new Error(`Trapline runs at ${page} already: end it, or choose another address with --listen.`);
  }
  const exporter = start(process.execPath, ['exporter/dist/main.js', 'serve', ...args]);
  const end = ended(exporter);
  const running = () => exporter.exitCode === null && exporter.signalCode === null && !interrupted();
  if (await isReady(page, running)) {
    if (demo && !(await hasVm(page))) startGuest();
    say(green(`Trapline is ready: ${page}  (Ctrl-C ends it)`));
  }
  const code = await end;
  stopAll();
  return interrupted() ?? code;
}

function startGuest() {
  start(installed('tsx'), ['lab/guests/appliance-demo.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
  say(`No VM is running: a small guest was started to look at (\`npm start -- ${NO_DEMO}\` goes without).`);
}
