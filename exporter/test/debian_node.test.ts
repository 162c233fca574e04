/** Trapline under the Node that Debian's releases bring themselves, in root file systems of their packages. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../src/failure.js';
import { debian, INSIDE } from './debian.js';
import { Exporter, TRAPLINE } from './exporter.js';
import { ground, missing } from './ground.js';

const FETCH_MS = 600_000;
const CHECKOUT = join(import.meta.dirname, '../..');

interface Manifest {
  engines: { node: string };
  scripts: Record<string, string>;
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(CHECKOUT, folder, 'package.json'), 'utf8')) as Manifest;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(command: readonly string[]): Ended {
  const [program, ...args] = command;
  const { status, stdout, stderr } = spawnSync(program!, args, { encoding: 'utf8', timeout: 50_000 });
  return { code: status, stdout, stderr };
}

const MAIN = `${INSIDE}/exporter/dist/main.js`;

describe.skipIf(!ground.root || !ground.btf || !ground.debian)(
  `Debian 13 with its own Node${missing('root', 'btf', 'debian')}`,
  () => {
    let inside: string[];
    beforeAll(async () => {
      inside = await debian('trixie', 'libbpf1');
    }, FETCH_MS);

    it('is one whose node does not change users', () => {
      expect(run([...inside, 'node', '--version']).stdout).toMatch(/^v20\./);
      const { stderr } = run([...inside, 'node', '-e', 'process.setgroups([])']);
      expect(stderr).toContain('setgroups() disabled: io_uring may be enabled');
    });

    it('serves as nobody what this machine serves', async () => {
      const own = await Exporter.start();
      const expected = await own.verdicts();
      await own.stop();
      const exporter = await Exporter.startBy([...inside, 'node', MAIN]);
      const pid = exporter.serverPid;
      const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
        const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
        return /^Uid:.*$/m.exec(status)![0] + /^CapPrm:.*$/m.exec(status)![0];
      });
      expect(new Set(threads)).toEqual(
        new Set(['Uid:\t65534\t65534\t65534\t65534CapPrm:\t0000000000000000']),
      );
      expect(await exporter.verdicts()).toEqual(expected);
      expect(await exporter.stop()).toBe(0);
    });

    it('is as well by doctor as this machine’s own', () => {
      const { code, stdout } = run([...inside, 'node', MAIN, 'doctor']);
      expect(stdout).toContain('ok     user of the server: nobody\n');
      expect(code).toBe(run([process.execPath, TRAPLINE, 'doctor']).code);
    });
  },
);

describe.skipIf(!ground.root || !ground.debian)(`a Node that is too old${missing('root', 'debian')}`, () => {
  describe.each([
    ['bookworm', '18'],
    ['bullseye', '12'],
  ])("%s's Node %s", (suite, major) => {
    let inside: string[];
    beforeAll(async () => {
      inside = await debian(suite);
    }, FETCH_MS);

    // npm gives a script to the shell.
    const script = (name: string): string[] => ['sh', '-c', manifestOf('.').scripts[name]!];

    it.each([
      ['npm start', script('start')],
      ['npm test', script('test')],
      ['npm run build', script('build')],
      ['npm run experiment', script('experiment')],
      ['trapline --version', ['exporter/bin/trapline.js', '--version']],
      ['trapline serve', ['exporter/bin/trapline.js', 'serve']],
      ['trapline experiment', ['exporter/bin/trapline.js', 'experiment', 'methods']],
      ['node exporter/dist/main.js', ['node', 'exporter/dist/main.js', 'serve']],
    ])('has %s say so', (_, command) => {
      const { code, stdout, stderr } = run([...inside, ...command]);
      expect(stderr).toMatch(
        new RegExp(
          `^trapline: This is Node ${major}\\.[\\d.]+, and Trapline needs Node 20\\.19 or newer\\. Install one, [^\\n]*\\n$`,
        ),
      );
      expect([stdout, code]).toEqual(['', EXIT.node]);
    });
  });
});

describe('the Node that package.json demands', () => {
  it('is the same for the repository and for the exporter', () => {
    expect(manifestOf('exporter').engines).toEqual(manifestOf('.').engines);
  });

  it.each([
    ['18.20.4', EXIT.node],
    ['20.18.3', EXIT.node],
    ['20.19.0', EXIT.ok],
    ['21.0.0', EXIT.ok],
    ['22.3.0', EXIT.ok],
    ['24.11.1', EXIT.ok],
    ['100.1.0-nightly', EXIT.ok],
  ])('%s ends with %i', (version, code) => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
    const check = `require('${CHECKOUT}/exporter/bin/demand_node.cjs')`;
    expect(run([process.execPath, '-e', `${pretend}; ${check}`]).code).toBe(code);
  });
});
