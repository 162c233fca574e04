import { createServer } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingOf, statusText } from './apt.mjs';
import { fingerprint } from './build.mjs';
import { matches } from './npm.mjs';
import { countsOf, exitCode, failuresOf, summary, table, total, verdict } from './results.mjs';
import { hasVm, isReady, pageOf } from './serving.mjs';
import { STAGES, chosenStages } from './stages.mjs';

describe('Debian packages', () => {
  test('are missing unless dpkg calls them installed', () => {
    const status = 'clang installed\nllvm config-files\nlibbpf1 half-installed\n';
    expect(missingOf(['clang', 'llvm', 'libbpf1', 'cpio'], status)).toEqual(['llvm', 'libbpf1', 'cpio']);
  });

  test('show how far apt is', () => {
    expect(statusText('pmstatus:clang:42.1374:Unpacking clang (amd64)')).toBe('42 % Unpacking clang (amd64)');
    expect(statusText('dlstatus:3:7.9:Retrieving file 3 of 8: llvm')).toBe(
      '8 % Retrieving file 3 of 8: llvm',
    );
  });
});

describe('npm packages', () => {
  const locked = (/** @type {Record<string, object>} */ packages) => ({ packages });
  const wanted = locked({
    '': {},
    exporter: {},
    'node_modules/@trapline/exporter': { link: true },
    'node_modules/vitest': { version: '4.1.12' },
    'node_modules/fsevents': { version: '2.3.3', optional: true },
  });

  test('match when every one that is not optional is there in its version', () => {
    expect(matches(wanted, locked({ 'node_modules/vitest': { version: '4.1.12' } }))).toBe(true);
  });

  test.for([
    ['nothing is installed', {}],
    ['a version differs', { 'node_modules/vitest': { version: '4.1.11' } }],
    [
      'an optional one has another version',
      { 'node_modules/vitest': { version: '4.1.12' }, 'node_modules/fsevents': { version: '2.3.2' } },
    ],
  ])('do not match when %s', ([, packages]) => {
    expect(matches(wanted, locked(/** @type {Record<string, object>} */ (packages)))).toBe(false);
  });
});

describe('the fingerprint of what is built', () => {
  /** @type {string} */
  let root;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'trapline-setup-'));
    await mkdir(`${root}/src/dist`, { recursive: true });
    await writeFile(`${root}/src/a.ts`, 'a');
    await writeFile(`${root}/tsconfig.json`, '{}');
  });
  afterAll(() => rm(root, { recursive: true }));
  const now = () => fingerprint(root, ['src', 'tsconfig.json', 'absent']);

  test('stays when a build leaves something, and changes with content, name and number of files', async () => {
    const before = await now();
    await writeFile(`${root}/src/dist/a.js`, 'a');
    expect(await now()).toBe(before);
    await writeFile(`${root}/src/a.ts`, 'b');
    const edited = await now();
    await rm(`${root}/src/a.ts`);
    await writeFile(`${root}/src/b.ts`, 'b');
    const renamed = await now();
    await writeFile(`${root}/src/c.ts`, '');
    expect(new Set([before, edited, renamed, await now()]).size).toBe(4);
  });
});

describe('stages', () => {
  const names = (/** @type {string[]} */ ...args) => chosenStages(args).map(({ name }) => name);

  test('are all, those named, or all but those named', () => {
    expect(names()).toEqual(STAGES.map(({ name }) => name));
    expect(names('--only', 'plugin', '--only', 'lint')).toEqual(['lint', 'plugin']);
    expect(names('--skip', 'lab')).toEqual(STAGES.map(({ name }) => name).filter((name) => name !== 'lab'));
  });

  test('that do not exist are refused by name', () => {
    expect(() => names('--only', 'labs')).toThrow('Unknown stage labs: there are lint, typecheck, build,');
    expect(() => names('--fast')).toThrow('Unknown option --fast');
    expect(() => names('--only')).toThrow('Unknown stage (none named)');
  });
});

describe('results', () => {
  const report = {
    numPassedTests: 7,
    numFailedTests: 0,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [],
  };

  test('are what vitest counted, and one failure where it failed without a failed test', () => {
    expect(countsOf(report, true)).toEqual({ passed: 7, failed: 0, skipped: 3 });
    expect(countsOf(report, false)).toEqual({ passed: 7, failed: 1, skipped: 3 });
    expect(countsOf({ ...report, numFailedTests: 4 }, false)).toEqual({ passed: 7, failed: 4, skipped: 3 });
  });

  test('name what failed, and the first line of why', () => {
    const assertionResults = [
      { fullName: 'a ring counts', status: 'passed', failureMessages: [] },
      { fullName: 'a ring drops', status: 'failed', failureMessages: ['expected 0 to be 1\n  at ring.ts:7'] },
      { fullName: 'a ring rests', status: 'pending' },
    ];
    expect(failuresOf({ ...report, testResults: [{ assertionResults }] })).toEqual([
      'a ring drops: expected 0 to be 1',
    ]);
  });

  test('add up to the last line', () => {
    expect(summary(total([verdict(true), verdict(false), countsOf(report, true)]))).toBe(
      '8 passed, 1 failed, 3 skipped',
    );
    expect(summary(total([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  test('fail on a failure, and in CI on what was skipped', () => {
    expect([false, true].map((ci) => exitCode({ passed: 9, failed: 0, skipped: 0 }, ci))).toEqual([0, 0]);
    expect([false, true].map((ci) => exitCode({ passed: 9, failed: 0, skipped: 1 }, ci))).toEqual([0, 1]);
    expect([false, true].map((ci) => exitCode({ passed: 9, failed: 1, skipped: 0 }, ci))).toEqual([1, 1]);
  });

  test('are a line for each stage, with what failed below it', () => {
    const lines = table([
      { name: 'lint', ...verdict(true), failures: [], milliseconds: 1234 },
      {
        name: 'machine',
        passed: 5,
        failed: 1,
        skipped: 0,
        failures: ['a ring drops: why'],
        milliseconds: 125_000,
      },
    ]);
    expect(lines).toEqual([
      '✓ lint     1 passed, 0 failed, 0 skipped  1.2 s',
      '✗ machine  5 passed, 1 failed, 0 skipped  2 min 5 s',
      '    a ring drops: why',
    ]);
  });
});

describe('the page of the exporter', () => {
  test.for([
    [[], {}, 'http://127.0.0.1:9818/'],
    [['--listen', '127.0.0.1:9900'], {}, 'http://127.0.0.1:9900/'],
    [['--listen=0.0.0.0:9900'], {}, 'http://127.0.0.1:9900/'],
    [['--listen', ':9900'], {}, 'http://127.0.0.1:9900/'],
    [['--listen', '[::1]:9900', '--log-level', 'debug'], {}, 'http://[::1]:9900/'],
    [['--listen', 'a:1', '--listen', 'b:2'], { TRAPLINE_LISTEN: 'c:3' }, 'http://b:2/'],
    [[], { TRAPLINE_LISTEN: '127.0.0.1:9901' }, 'http://127.0.0.1:9901/'],
  ])('with %j and %j is %s', ([args, env, page]) => {
    expect(pageOf(/** @type {string[]} */ (args), /** @type {NodeJS.ProcessEnv} */ (env))).toBe(page);
  });

  test('is not waited for when the exporter has ended', async () => {
    expect(await isReady('http://127.0.0.1:1/', () => false)).toBe(false);
  });

  test('tells whether there is a VM', async () => {
    let metrics = '# TYPE trapline_vm_info gauge\n';
    const server = createServer((_, response) => response.end(metrics)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const page = `http://127.0.0.1:${port}/`;
    expect(await isReady(page, () => true)).toBe(true);
    expect(await hasVm(page)).toBe(false);
    metrics += 'trapline_vm_info{vm="a",uuid="",vmm="qemu",pid="1"} 1\n';
    expect(await hasVm(page)).toBe(true);
    server.closeAllConnections();
    server.close();
  });
});
