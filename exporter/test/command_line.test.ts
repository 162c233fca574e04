import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/collectors/catalogue.js';
import { Exporter, TRAPLINE } from './exporter.js';
import { ground, missing } from './ground.js';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs trapline to its end; `wrapper` is a command that starts it in other circumstances. */
function trapline(args: string[], wrapper: string[] = [], env: Record<string, string> = {}): Ended {
  const [program, ...rest] = [...wrapper, process.execPath, TRAPLINE, ...args];
  const { status, stdout, stderr } = spawnSync(program!, rest, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 30_000,
  });
  return { code: status, stdout, stderr };
}

/** A mount namespace of its own in which something of the machine is hidden. */
const hiding = (what: string): string[] => ['unshare', '--mount', 'sh', '-c', `${what} && exec "$@"`, 'sh'];

describe('the command line', () => {
  it('is where npm puts commands', () => {
    const command = fileURLToPath(new URL('../../node_modules/.bin/trapline', import.meta.url));
    expect(spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout).toBe('0.1.0\n');
  });

  it('explains itself', () => {
    const { code, stdout } = trapline(['serve', '--help']);
    expect(code).toBe(0);
    for (const option of [
      '--listen',
      '--user',
      '--collector.vm_exit',
      '--log-level',
      'TRAPLINE_LISTEN',
      '--capture-by-socket',
    ])
      expect(stdout).toContain(option);
  });

  it('has the experiment, which explains itself and ends as it does', () => {
    const help = trapline(['experiment', '--help']);
    expect(help.code).toBe(0);
    for (const command of ['run [options] <plan>', 'resume <dir>', 'report <dir>', 'methods', 'clean <dir>'])
      expect(help.stdout).toContain(command);
    const wrong = trapline(['experiment', 'run', '--sed', '1', 'plan.yaml']);
    expect(wrong.stderr).toBe("error: unknown option '--sed'\n(Did you mean --seed?)\n");
    expect(wrong.code).toBe(2);
    const nothing = trapline(['experiment', 'run', '/nothing/plan.yaml', '--dry-run']);
    expect(nothing.stderr).toMatch(/^The plan cannot be read: ENOENT[^\n]*\nName a file\.\n$/);
    expect(nothing.code).toBe(2);
  });

  it('shows the cells of the example in their order', () => {
    const example = fileURLToPath(new URL('../../experiment/example.yaml', import.meta.url));
    const { code, stdout } = trapline(['experiment', 'run', example, '--dry-run']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    // 2 platforms x 4 methods x 2 monitors x 2 kinds of flows x 3 sizes, 5 times
    expect(lines).toHaveLength(480 + 1);
    expect(lines.at(-1)).toBe('480 cells of 240 s, in the order of seed 2012: about 33 h 20 min.');
    expect(trapline(['experiment', 'run', example, '--dry-run', '--seed', '2012']).stdout).toBe(stdout);
    expect(trapline(['experiment', 'run', example, '--dry-run', '--seed', '2013']).stdout).not.toBe(stdout);
  });

  it.skipIf(!ground.root)(`says that the experiment is not there${missing('root')}`, () => {
    const built = fileURLToPath(new URL('../../experiment/dist', import.meta.url));
    const { code, stderr } = trapline(['experiment', 'methods'], hiding(`mount -t tmpfs none ${built}`));
    expect(stderr).toMatch(
      /^trapline: The package @trapline\/experiment is not installed here, or not built\. /,
    );
    expect(code).toBe(1);
  });

  it.each([
    [['--lisen', 'x'], {}, "error: unknown option '--lisen'"],
    [['--listen', 'nowhere'], {}, 'is not an address to listen on'],
    [['--log-level', 'loud'], {}, 'Allowed choices are'],
    [['--linger', '-1'], {}, 'must be a whole number'],
    [['--role', 'switch'], {}, 'Allowed choices are auto, host, guest'],
    [['--cost-budget', '0'], {}, 'must be more than 0%'],
    [['--cost-budget', 'half'], {}, 'must be more than 0%'],
    [[], { TRAPLINE_LISTEN: '1.2.3.4' }, 'is not an address to listen on'],
    [[], { TRAPLINE_COLLECTOR_PATH: 'maybe' }, 'TRAPLINE_COLLECTOR_PATH must be true or false'],
    [[], { TRAPLINE_CAPTURE_BY_SOCKET: '1' }, 'TRAPLINE_CAPTURE_BY_SOCKET must be true or false'],
  ])('refuses %j with environment %j', (args, env, sentence) => {
    const { code, stderr } = trapline(['serve', ...args], [], env);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  it.skipIf(!ground.root)(`says that a port is taken${missing('root')}`, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = trapline(['--listen', `127.0.0.1:${port}`]);
    other.close();
    expect(stderr).toBe(
      `trapline: Cannot listen on 127.0.0.1 port ${port}: another process listens there. ` +
        'Stop that process, or choose another port with --listen host:port.\n',
    );
    expect(code).toBe(6);
  });

  it.skipIf(!ground.root)(`says that it needs root${missing('root')}`, () => {
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { code, stderr } = trapline([], asNobody);
    expect(stderr).toMatch(/^trapline: Trapline may not load eBPF programs\. Run it as root, [^\n]*\n$/);
    expect(code).toBe(3);
  });

  it.skipIf(!ground.root)(`says that libbpf is missing${missing('root')}`, () => {
    const { code, stderr } = trapline(
      [],
      hiding('mount --bind /dev/null "$(ldconfig -p | sed -n "s/.*libbpf.so.1.*=> //p")"'),
    );
    expect(stderr).toMatch(/^trapline: libbpf\.so\.1 cannot be opened: [^\n]* apt install libbpf1\.\n$/);
    expect(code).toBe(5);
  });

  it.skipIf(!ground.root)(`says that the kernel has no BTF${missing('root')}`, () => {
    const { code, stderr } = trapline([], hiding('mount -t tmpfs none /sys/kernel/btf'));
    expect(stderr).toMatch(
      /^trapline: This kernel has no type information [^\n]*CONFIG_DEBUG_INFO_BTF=y[^\n]*\n$/,
    );
    expect(code).toBe(4);
  });

  it.skipIf(!ground.root)(`says that it cannot see the host's processes${missing('root')}`, () => {
    const { code, stderr } = trapline([], ['unshare', '--pid', '--fork', '--mount-proc']);
    expect(stderr).toMatch(/^trapline: Trapline runs in a pid namespace of its own [^\n]*pid: host[^\n]*\n$/);
    expect(code).toBe(4);
  });

  it.skipIf(!ground.root)(`says that processes are hidden${missing('root')}`, () => {
    const { code, stderr } = trapline(
      ['--listen', '127.0.0.1:0'],
      hiding('mount -t proc -o hidepid=invisible proc /proc'),
    );
    expect(stderr).toContain('The user nobody cannot see other users');
    expect(code).toBe(3);
  });

  it.skipIf(!ground.root)(`says that there is no such user${missing('root')}`, () => {
    const { code, stderr } = trapline(['--user', 'nobody-here', '--listen', '127.0.0.1:0']);
    expect(stderr).toContain('cannot become the user nobody-here: it is not in /etc/passwd.');
    expect(code).toBe(3);
  });

  it.skipIf(!ground.root)(`runs without eBPF when asked to${missing('root')}`, async () => {
    const withPrograms = modules.filter(({ signals }) => signals.length > 0);
    const exporter = await Exporter.start(
      ...withPrograms.map(({ description }) => `--no-collector.${description.name}`),
    );
    const scrape = await exporter.scrape();
    expect(scrape.find('trapline_collector_up').map(({ labels }) => labels['collector'])).toEqual([
      'programs',
      'http',
      'machine',
      'path',
      'virtqueue',
    ]);
    expect(scrape.find('trapline_program_attached')).toEqual([]);
    expect(await exporter.stop()).toBe(0);
  });
});

describe.skipIf(!ground.root || !ground.btf)(`trapline doctor${missing('root', 'btf')}`, () => {
  let code: number | null;
  let lines: string[];
  beforeAll(() => {
    const ended = trapline(['doctor']);
    code = ended.code;
    lines = ended.stdout.split('\n');
  });

  const refused = (): string[] => lines.filter((line) => /^ +fails/.test(line));

  it('lists every collector with its programs', () => {
    const listed = lines.filter((line) => /^\w+ +\w+: /.test(line)).map((line) => /\w+(?=: )/.exec(line)![0]);
    expect(listed).toEqual(modules.map(({ description }) => description.name));
    const programs = lines.filter((line) => /^ {7}\w/.test(line));
    const known = modules.flatMap(({ signals }) => signals).flatMap(({ programs }) => programs);
    expect(programs.map((line) => /(?<=\()[^)]+/.exec(line)![0])).toEqual(known.map(({ hook }) => hook));
  });

  it('finds tracepoints and iterators attachable here, and says so where hooks on functions are not', () => {
    const verdictsOf = (hooks: RegExp): Set<string> =>
      new Set(lines.filter((line) => hooks.test(line)).map((line) => line.trim().split(' ')[0]!));
    expect(verdictsOf(/\((tp_btf|iter|perf_event)\//)).toEqual(new Set(['ok']));
    for (const line of refused()) expect(line).toMatch(/: this kernel refuses programs of this type$/);
  });

  it('fails where this kernel refuses what the core of the role needs, and names what is left out', () => {
    if (refused().length === 0) {
      expect([lines.at(-2), code]).toEqual(['Everything works.', 0]);
      return;
    }
    const counts = 'trapline_capture_packets_total, trapline_capture_drops_total';
    const more = ['ring_frozen_total', 'socket_packets_total', 'socket_drops_total'];
    expect(lines.at(-2)).toMatch(
      new RegExp(`^What matters most on .* is missing here, all or part of: ${counts}\\.$`),
    );
    expect(lines).toContain(
      `              Without them these would be wrong and are left out: ${counts}, ${more.map((each) => `trapline_capture_${each}`).join(', ')}.`,
    );
    expect(code).toBe(4);
  });

  it('names the missing privilege and the remedy', () => {
    const { code, stdout } = trapline(
      ['doctor'],
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    );
    expect(stdout).toMatch(/^fails {2}privileges to load eBPF programs: .*Run it as root/m);
    expect(code).toBe(3);
  });
});

describe.skipIf(!ground.root || !ground.btf)(`what a scrape says${missing('root', 'btf')}`, () => {
  it('passes promtool, and is OpenMetrics where that is asked for', async () => {
    const exporter = await Exporter.start();
    const text = await exporter.text('/metrics');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    const open = await exporter.text('/metrics', { accept: 'application/openmetrics-text; version=1.0.0' });
    expect(open.endsWith('# EOF\n')).toBe(true);
    await exporter.stop();
  });
});

describe.skipIf(!ground.root || !ground.btf)(`the role${missing('root', 'btf')}`, () => {
  it.each([
    ['guest', ['virtqueue'], ['vm_exit', 'virtio']],
    ['host', ['vm_exit', 'virtio'], ['virtqueue']],
  ])('%s is believed, and leaves out what makes no sense there', async (role, present, absent) => {
    const exporter = await Exporter.start('--role', role);
    const scrape = await exporter.scrape();
    expect(scrape.find('trapline_machine_info').map(({ labels }) => labels['role'])).toEqual([role]);
    const has = (collector: string): number => scrape.find('trapline_collector_up', { collector }).length;
    expect(present.map(has)).toEqual(present.map(() => 1));
    expect(absent.map(has)).toEqual(absent.map(() => 0));
    await exporter.stop();
  });
});
