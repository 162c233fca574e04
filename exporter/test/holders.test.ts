import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdersFromProc, Inventory, networkOf, tapsFromHolders } from '../src/machine/index.js';

const UUID = '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b';
const NAME = 'holders "test", 😀\n';

/** A real QEMU with a KVM machine that never runs, and a tap in a network namespace of its own. */
const script = `ip tuntap add dev tl0 mode tap && exec qemu-system-x86_64 -accel kvm -M none -S -nodefaults \
  -display none -netdev tap,id=n0,ifname=tl0,script=no,downscript=no -name "$0" -uuid ${UUID}`;

let qemu: ChildProcess;
beforeAll(() => {
  const name = `guest=${NAME.replaceAll(',', ',,')},debug-threads=on`;
  qemu = spawn('unshare', ['-n', 'sh', '-c', script, name], { stdio: 'ignore' });
});
afterAll(async () => {
  const ended = new Promise((resolve) => qemu.once('exit', resolve));
  if (qemu.kill()) await ended;
});

it('finds a real QEMU, its name, its UUID and its tap', async () => {
  const pid = qemu.pid!;
  const own = () => holdersFromProc().filter((holder) => holder.pid === pid);
  while (own().length < 2) {
    expect(qemu.exitCode, 'QEMU ended early').toBeNull();
    await setTimeout(50);
  }
  const netns = networkOf(pid);
  expect(netns).not.toBe(networkOf('self'));
  expect(own()).toEqual([
    { pid, kind: 'kvm-vm' },
    { pid, kind: 'tap', device: 'tl0', netns },
  ]);
  const inventory = new Inventory();
  inventory.refresh(own());
  const vm = inventory.byPid(pid);
  expect(vm).toMatchObject({ pid, name: NAME, uuid: UUID, vmm: 'qemu' });
  expect(tapsFromHolders(own())).toEqual([
    { netns, ifindex: 0, kind: 'tap', device: 'tl0', holders: [{ pid }] },
  ]);
});

it('tells real QEMUs of one name apart by their UUIDs, whichever started first and however often', async () => {
  const uuids = [UUID, '7d3b9e21-2b4d-4e6f-8a9b-0c1d2e3f4a5b'] as const;
  const running: ChildProcess[] = [];
  const start = async (uuid: string): Promise<ChildProcess> => {
    const vm = spawn('qemu-system-x86_64', [
      ...['-accel', 'kvm', '-M', 'none', '-S', '-nodefaults', '-display', 'none'],
      ...['-name', 'twin,debug-threads=on', '-uuid', uuid],
    ]);
    running.push(vm);
    while (!holdersFromProc().some(({ pid }) => pid === vm.pid)) {
      expect(vm.exitCode, 'QEMU ended early').toBeNull();
      await setTimeout(50);
    }
    return vm;
  };
  const end = async (vm: ChildProcess): Promise<void> => {
    const gone = once(vm, 'exit');
    if (vm.kill()) await gone;
  };
  const inventory = new Inventory();
  const namesOf = (...vms: ChildProcess[]): unknown[] => {
    const pids = running.map(({ pid }) => pid);
    inventory.refresh(holdersFromProc().filter(({ pid }) => pids.includes(pid)));
    return vms.map(({ pid }) => inventory.byPid(pid!)?.name);
  };
  try {
    const first = await start(uuids[1]);
    expect(namesOf(first)).toEqual(['twin']);
    const second = await start(uuids[0]);
    expect(namesOf(first, second)).toEqual(['twin', 'twin#0f6a1c3e']);
    await end(first);
    expect(namesOf(second)).toEqual(['twin#0f6a1c3e']);
    const again = await start(uuids[1]);
    expect(namesOf(second, again)).toEqual(['twin#0f6a1c3e', 'twin#7d3b9e21']);
    await end(second);
    const secondAgain = await start(uuids[0]);
    expect(namesOf(secondAgain, again)).toEqual(['twin#0f6a1c3e', 'twin#7d3b9e21']);
  } finally {
    await Promise.all(running.map(end));
  }
});
