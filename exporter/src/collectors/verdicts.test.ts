import { describe, expect, it } from 'vitest';
import type { ProgramState } from '../kernel/index.js';
import { refusedCore, verdicts } from './verdicts.js';

const state = (program: string, reason: string, signal = 'vm_exit'): ProgramState => ({
  signal,
  program,
  hook: `tp_btf/${program}`,
  attached: reason === '',
  reason,
  suspended: false,
  resumedNs: 0,
});

describe('the verdict on a program', () => {
  it.each([
    ['', 'ok', ''],
    ['waits for the kernel module kvm', 'waits', 'It attaches by itself when the module is loaded.'],
    ['this kernel does not have the hook', 'fails', 'A newer kernel may have it.'],
    ['refused by the verifier: R1 invalid', 'fails', 'Please report it with the version of this kernel.'],
    ['not permitted: run as root', 'fails', ''],
  ])('that says %j', (reason, verdict, remedy) => {
    expect(verdicts([state('kvm_exit', reason)])[0]).toMatchObject({
      collector: 'vm_exit',
      verdict,
      reason,
      remedy,
    });
  });

  it('names the collector that a signal belongs to', () => {
    expect(verdicts([state('vm_files', '', 'vm_files')])[0]!.collector).toBe('vm_exit');
  });
});

it('takes what waits for its module not for refused, nor what another role needs', () => {
  const all = verdicts([
    state('kvm_exit', 'waits for the kernel module kvm'),
    state('kvm_entry', 'this kernel refuses programs of this type'),
    state('capture_sockets', 'this kernel refuses programs of this type', 'capture'),
    state('ioeventfd_write', 'this kernel refuses programs of this type', 'virtio'),
  ]);
  const refused = (role: Parameters<typeof refusedCore>[1]) =>
    refusedCore(all, role).map(({ program }) => program);
  expect(refused('host')).toEqual(['kvm_entry']);
  expect(refused('guest')).toEqual(['capture_sockets']);
  expect(refused('both')).toEqual(['kvm_entry', 'capture_sockets']);
});
