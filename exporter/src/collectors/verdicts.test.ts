import { describe, expect, it } from 'vitest';
import type { ProgramState } from '../kernel/index.js';
import { missingCore, verdicts } from './verdicts.js';

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

  it('names the metrics that are left out', () => {
    const absentFor = (reason: string): string[] =>
      verdicts([state('packet_release', reason, 'capture')])[0]!.absent;
    expect(absentFor('')).toEqual([]);
    expect(absentFor('this kernel does not have the hook')).toEqual([
      'trapline_capture_packets_total',
      'trapline_capture_drops_total',
      'trapline_capture_ring_frozen_total',
      'trapline_capture_socket_packets_total',
      'trapline_capture_socket_drops_total',
    ]);
  });

  it('names the collector that a signal belongs to', () => {
    expect(verdicts([state('vm_files', '', 'vm_files')])[0]!.collector).toBe('vm_exit');
  });
});

it('takes what waits for its module not for refused, nor what another role needs', () => {
  const all = verdicts([
    state('kvm_exit', 'waits for the kernel module kvm'),
    state('kvm_entry', 'this kernel refuses programs of this type'),
    state('packet_getsockopt', 'the hook has other arguments in this kernel', 'capture'),
    state('ioeventfd_write', 'this kernel refuses programs of this type', 'virtio'),
  ]);
  const exits = ['trapline_vm_exit_seconds_total'];
  const capture = ['trapline_capture_packets_total', 'trapline_capture_drops_total'];
  expect(missingCore(all, 'host')).toEqual(exits);
  expect(missingCore(all, 'guest')).toEqual(capture);
  expect(missingCore(all, 'both')).toEqual([...exits, ...capture]);
});
