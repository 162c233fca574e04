import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStart, readText } from './read.js';
import { parseSoftnet } from './softnet.js';
import { Virtqueues } from './virtqueues.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trapline-read-'))));
afterEach(() => rmSync(root, { recursive: true }));

const CPUS = 896;

describe('readText', () => {
  it(`reads the interrupts of ${CPUS} CPUs to the last`, () => {
    mkdirSync(join(root, 'bus/virtio/devices/virtio0'), { recursive: true });
    const header = Array.from({ length: CPUS }, (_, i) => `CPU${i}`.padStart(11)).join('');
    const counts = '1'.padStart(11).repeat(CPUS);
    const lines = Array.from({ length: 512 }, (_, i) => `${i}:${counts} PCI-MSI 1-edge virtio0-input.${i}\n`);
    writeFileSync(join(root, 'interrupts'), `    ${header}\n${lines.join('')}`);
    const queues = new Virtqueues({ proc: root, sys: root }).read();
    expect(queues).toHaveLength(512);
    expect(queues.at(-1)).toEqual({ device: 'virtio0', queue: 'input.511', interrupts: CPUS });
  });

  it('reads the softnet counters of 8192 CPUs to the last', () => {
    const line = (cpu: number) =>
      Array.from({ length: 15 }, (_, i) => (i === 12 ? cpu : i).toString(16).padStart(8, '0')).join(' ');
    writeFileSync(
      join(root, 'softnet_stat'),
      Array.from({ length: 8192 }, (_, cpu) => `${line(cpu)}\n`).join(''),
    );
    const counters = parseSoftnet(readText(join(root, 'softnet_stat'))!);
    expect(counters).toHaveLength(8192);
    expect(counters.at(-1)!.cpu).toBe(8191);
  });

  it('says which file is longer than any that the kernel writes, and does not cut it', () => {
    const path = join(root, 'endless');
    writeFileSync(path, '');
    truncateSync(path, 64 * 1024 * 1024);
    expect(readText(path)).toHaveLength(64 * 1024 * 1024);
    truncateSync(path, 64 * 1024 * 1024 + 1);
    expect(() => readText(path)).toThrow(`${path} is longer than 64 MiB, and is not read.`);
  });

  it('knows nothing of what is not there', () => {
    expect([readText(join(root, 'no')), readStart(join(root, 'no'))]).toEqual([undefined, undefined]);
  });

  it('reads a file of this kernel as cat does', () => {
    // BPF programs of others come and go.
    const lasting = (text: string): string => text.replace(/^.*\t\[bpf\]\n/gm, '');
    expect(lasting(readText('/proc/kallsyms')!)).toBe(
      lasting(execFileSync('cat', ['/proc/kallsyms'], { encoding: 'utf8', maxBuffer: 1e8 })),
    );
  });
});

describe('readStart', () => {
  it('cuts the command line of a process that made its own 1.5 MB long', async () => {
    const words = Array.from({ length: 15 }, () => 'x'.repeat(100_000));
    const child = spawn('sh', ['-c', 'read line', ...words]);
    await once(child, 'spawn');
    const gone = once(child, 'exit');
    const whole = `sh\0-c\0read line\0${words.join('\0')}\0`;
    expect(readStart(`/proc/${child.pid}/cmdline`)).toBe(whole.slice(0, 256 * 1024));
    child.kill('SIGKILL');
    await gone;
  });
});
