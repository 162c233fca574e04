import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CommandShell } from '../shell/command_shell.js';
import { TAG } from '../shell/shell.js';
import { differences, lookAt } from './state.js';

const host = new CommandShell('host');

describe('the state of a machine', () => {
  it('has its interfaces, modules and interrupts', async () => {
    const lines = await lookAt(host);
    const kind = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `));
    const file = (path: string): string => readFileSync(path, 'utf8').trim();
    expect(
      kind('interface')
        .map((line) => line.split(' ')[1])
        .sort(),
    ).toEqual(
      readdirSync('/sys/class/net')
        .filter((name) => name !== 'bonding_masters')
        .sort(),
    );
    expect(lines).toContain(
      `interface lo with flags ${file('/sys/class/net/lo/flags')}, MTU ${file('/sys/class/net/lo/mtu')} and a queue of ${file('/sys/class/net/lo/tx_queue_len')}`,
    );
    const modules = existsSync('/proc/modules') ? file('/proc/modules').split('\n').filter(Boolean) : [];
    expect(kind('module')).toEqual(modules.map((line) => `module ${line.split(' ')[0]}`));
    const interrupts = readdirSync('/proc/irq').filter((name) => /^\d+$/.test(name));
    expect(kind('interrupt')).toHaveLength(interrupts.length);
  });

  it('has a process of an experiment while it lives', async () => {
    const before = await lookAt(host);
    const child = spawn('sleep', ['1000'], { env: { ...process.env, [TAG]: 'x' } });
    await once(child, 'spawn');
    const line = `process ${child.pid} (sleep)`;
    expect(differences(before, await lookAt(host))).toContain(`+ ${line}`);
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    expect(await lookAt(host)).not.toContain(line);
  });

  it.skipIf(process.getuid?.() !== 0)('shows what changed, in a network of its own', async () => {
    const inside = new CommandShell('host', 'unshare --net --mount sh -c');
    // One command, since the network ends with it; /sys shows the network it was mounted in.
    const after = (change: string): Promise<string[]> => {
      const must = (look: string): Promise<string> =>
        inside.must(`mount -t sysfs none /sys && ${change} && { ${look}\n}`);
      return lookAt({ must } as CommandShell);
    };
    expect(differences(await after('true'), await after('ip link set lo up mtu 1400'))).toEqual([
      '- interface lo with flags 0x8, MTU 65536 and a queue of 1000',
      '+ interface lo with flags 0x9, MTU 1400 and a queue of 1000',
    ]);
  });
});
