import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/collectors/catalogue.js';
import { Exporter, TRAPLINE } from './exporter.js';
import { ground, missing } from './ground.js';

const NODE = [process.execPath, TRAPLINE];
const NONE = '0000000000000000';
const NEEDED = ['bpf', 'perfmon', 'sys_admin', 'syslog'];

/** As systemd starts a service with `User=` and `AmbientCapabilities=`. */
const ambient = (uid: string, capabilities: readonly string[]): string[] => {
  const added = capabilities.map((name) => `+${name}`).join(',');
  const user = [`--reuid=${uid}`, `--regid=${uid}`, '--groups=1234,27'];
  return ['setpriv', ...user, `--inh-caps=${added}`, `--ambient-caps=${added}`];
};

/** Those that this machine can give, as setpriv calls them. */
function everyCapability(): string[] {
  const dump = spawnSync('setpriv', ['--dump'], { encoding: 'utf8' }).stdout;
  return /^Capability bounding set: (.*)$/m.exec(dump)?.[1]?.split(',') ?? [];
}

const FIELDS = ['Uid', 'Gid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs'];

/** What each thread of a process may do; each different answer once. */
function rights(pid: number): Record<string, string>[] {
  const answers = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const value = (field: string): string => new RegExp(`^${field}:(.*)$`, 'm').exec(status)![1]!.trim();
    return JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, value(field)])));
  });
  expect(answers.length).toBeGreaterThan(4); // worker threads of node
  return [...new Set(answers)].map((answer) => JSON.parse(answer) as Record<string, string>);
}

const four = (id: number): string => [id, id, id, id].join('\t');

const withoutCapability = (id: number, groups: string): Record<string, string> => ({
  Uid: four(id),
  Gid: four(id),
  Groups: groups,
  CapInh: NONE,
  CapPrm: NONE,
  CapEff: NONE,
  CapAmb: NONE,
  NoNewPrivs: '1',
});

const refusal = (command: readonly string[], ...args: string[]): { code: number | null; stderr: string } => {
  const [program, ...rest] = [...command, 'serve', '--listen', '127.0.0.1:0', ...args];
  const { status, stderr } = spawnSync(program!, rest, { encoding: 'utf8', timeout: 30_000 });
  return { code: status, stderr };
};

describe.skipIf(!ground.root || !ground.btf)(`the server${missing('root', 'btf')}`, () => {
  let asRoot: Record<string, number>;
  beforeAll(async () => {
    const exporter = await Exporter.start();
    asRoot = await exporter.verdicts();
    await exporter.stop();
  });

  it.each([
    ['root', [], 'nobody', 65534, '65534'],
    [
      'root with inheritable capabilities',
      ['setpriv', `--inh-caps=+${NEEDED.join(',+')}`],
      'nobody',
      65534,
      '65534',
    ],
    ['another user with ambient capabilities', ambient('1234', NEEDED), 'uid 1234', 1234, '27 1234'],
    ['a user with a name', ambient('1', NEEDED), 'daemon', 1, '27 1234'],
    ['another user with every capability', ambient('1234', everyCapability()), 'uid 1234', 1234, '27 1234'],
  ])('has no capability on any thread, started by %s', async (_, wrapper, user, id, groups) => {
    const exporter = await Exporter.startBy([...wrapper, ...NODE]);
    expect(rights(exporter.serverPid)).toEqual([withoutCapability(id, groups)]);
    expect(exporter.log).toContain(`"user":"${user}"`);
    expect(await exporter.verdicts()).toEqual(asRoot);
    expect(await exporter.stop()).toBe(0);
  });

  it('stays root where --user says so, and warns', async () => {
    const exporter = await Exporter.start('--user', 'root');
    const status = readFileSync('/proc/self/status', 'utf8');
    const own = /^CapBnd:\s*(\w+)$/m.exec(status)![1]!;
    expect(rights(exporter.serverPid)).toMatchObject([
      { Uid: four(0), CapInh: NONE, CapPrm: own, CapEff: own, CapAmb: NONE, NoNewPrivs: '1' },
    ]);
    expect(exporter.log).toContain('"user":"root"');
    expect(exporter.log).toContain('The server runs as root, with all its capabilities.');
    expect(await exporter.verdicts()).toEqual(asRoot);
    await exporter.stop();
  });

  it('does not start where the file of node has capabilities, which no thread but the first could drop', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-node-'));
    const node = join(folder, 'node');
    execFileSync('chmod', ['755', folder]);
    copyFileSync(process.execPath, node);
    execFileSync('setcap', [NEEDED.map((name) => `cap_${name}`).join(',') + '=ep', node]);
    const { code, stderr } = refusal(['setpriv', '--reuid=1234', '--clear-groups', node, TRAPLINE]);
    rmSync(folder, { recursive: true });
    expect(stderr).toBe(
      'trapline: The server of Trapline has capabilities as the user uid 1234 (CapPrm: 000000c400200000). ' +
        `Remove those of the file: setcap -r ${node}; or the securebit no_setuid_fixup.\n`,
    );
    expect(code).toBe(3);
  });

  it('does not start where changing the user takes no capability away', () => {
    const { code, stderr } = refusal(['setpriv', '--securebits=+no_setuid_fixup', ...NODE]);
    expect(stderr).toMatch(/^trapline: The server of Trapline has capabilities as the user nobody [^\n]*\n$/);
    expect(code).toBe(3);
  });

  it.each([
    [['setpriv', '--bounding-set=-setgid'], 'setgroups failed with EPERM', 'CAP_SETUID and CAP_SETGID'],
    [['setpriv', '--bounding-set=-setuid'], 'setuid failed with EPERM', 'CAP_SETUID and CAP_SETGID'],
  ])('says with doctor that it cannot become its user: %j', (wrapper, reason, remedy) => {
    const { code, stderr } = refusal([...wrapper, ...NODE]);
    expect(stderr).toBe(
      `trapline: Trapline cannot become the user nobody: ${reason}. Run it with ${remedy}, or start it as that user.\n`,
    );
    expect(code).toBe(3);
    expect(doctor(wrapper)).toEqual({
      code: 3,
      user: `fails  user of the server: ${stderr.slice('trapline: '.length).trim()}`,
    });
  });

  it('says with doctor who it becomes', () => {
    // What the kernel refuses is the same for every user.
    const { code, user } = doctor([]);
    expect(user).toBe('ok     user of the server: nobody');
    expect(doctor([], '--user', 'root')).toEqual({ code, user: 'ok     user of the server: root' });
    expect(doctor(ambient('1234', NEEDED))).toEqual({ code, user: 'ok     user of the server: uid 1234' });
    expect(doctor([], '--user', 'nobody-here').user).toBe(
      'fails  user of the server: Trapline cannot become the user nobody-here: it is not in /etc/passwd. Name an existing user with --user.',
    );
  });
});

describe.skipIf(!ground.root || !ground.btf)(`a user namespace${missing('root', 'btf')}`, () => {
  const namespace = ['unshare', '--user', '--map-root-user', ...NODE];

  it('is refused by doctor and by a server that needs programs', () => {
    const sentence =
      'Trapline runs in a user namespace of its own, whose capabilities do not allow eBPF programs. Run it, or its container, as root of the host: not rootless, not unprivileged.';
    expect(refusal(namespace)).toEqual({ code: 3, stderr: `trapline: ${sentence}\n` });
    const { status, stdout } = spawnSync('unshare', [...namespace.slice(1), 'doctor'], { encoding: 'utf8' });
    expect(stdout).toContain(`fails  the initial user namespace: ${sentence}\n`);
    expect(status).toBe(3);
  });

  it('is enough without programs, for a user that it has', async () => {
    const withPrograms = modules.filter(({ signals }) => signals.length > 0);
    const none = withPrograms.map(({ description }) => `--no-collector.${description.name}`);
    expect(refusal(namespace, ...none)).toEqual({
      code: 3,
      stderr:
        'trapline: Trapline cannot become the user nobody: setgroups failed with EPERM. ' +
        'Run it in the initial user namespace, or name a user with --user that this one maps, such as root.\n',
    });
    const exporter = await Exporter.startBy(namespace, ...none, '--user', 'root');
    expect(rights(exporter.serverPid)).toMatchObject([{ Uid: four(0), CapInh: NONE, NoNewPrivs: '1' }]);
    await exporter.stop();
  });
});

/** What `trapline doctor` ends with, and its line about the user. */
function doctor(
  wrapper: readonly string[],
  ...args: string[]
): { code: number | null; user: string | undefined } {
  const [program, ...rest] = [...wrapper, ...NODE, 'doctor', ...args];
  const { status, stdout } = spawnSync(program!, rest, { encoding: 'utf8' });
  return { code: status, user: stdout.split('\n').find((line) => line.includes('user of the server')) };
}
