import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Attachments } from '../src/kernel/index.js';
import { objectPath } from '../src/loader.js';
import { holdersFromKernel, vmFilesSignal } from '../src/machine/index.js';
import { parseStat } from '../src/machine/stat.js';
import { ground, missing } from './ground.js';

/** Devices in directories called as those of VFIO, which this machine need not have. */
const FILES = ['vfio/27', 'vfio/devices/vfio3', 'vfio-not/28', 'other/devices/vfio4'];

it.skipIf(!ground.root || !ground.btf)(
  `the kernel tells who holds a file of /dev/vfio${missing('root', 'btf')}`,
  () => {
    const root = mkdtempSync(join(tmpdir(), 'trapline-vfio-'));
    const open = FILES.map((file) => {
      const path = join(root, file);
      mkdirSync(join(path, '..'), { recursive: true });
      execFileSync('mknod', [path, 'c', '1', '3']);
      return openSync(path, 'r');
    });
    const attachments = new Attachments([vmFilesSignal], objectPath);
    attachments.attach();
    const link = attachments.handles()['vm_files']!.iterators['vm_files']!;
    const own = holdersFromKernel(link).filter(({ pid, kind }) => pid === process.pid && kind === 'vfio');
    const { startTicks } = parseStat(readFileSync('/proc/self/stat', 'utf8'))!;
    for (const fd of open) closeSync(fd);
    rmSync(root, { recursive: true });
    expect(own).toEqual([
      { pid: process.pid, startTicks, kind: 'vfio', device: '27' },
      { pid: process.pid, startTicks, kind: 'vfio', device: 'vfio3' },
    ]);
  },
);
