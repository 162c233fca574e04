import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifier, listings, type Activity } from '../cpu_activity/activities.js';
import { codeRanges } from './ranges.js';

const activityOf = classifier(listings);

const line = (address: number | bigint, name: string, module = '', type = 't'): string =>
  `${address.toString(16).padStart(16, '0')} ${type} ${name}${module && `\t[${module}]`}\n`;

const KERNEL = 0xffffffff81000000n;
const MODULE = 0xffffffffc0000000n;

const ranges = (kallsyms: string): [string, Activity | undefined][] =>
  codeRanges(kallsyms.split('\n'), activityOf).map(({ start, label }) => [start.toString(16), label]);

describe('codeRanges', () => {
  it('ends a function where the next one starts', () => {
    const text =
      line(KERNEL, '_text', '', 'T') +
      line(KERNEL + 0x10n, 'net_rx_action') +
      line(KERNEL + 0x80n, 'net_dim') +
      line(KERNEL + 0x90n, 'memcpy', '', 'T') +
      line(KERNEL + 0xa0n, 'memset', '', 'W');
    expect(ranges(text)).toEqual([
      ['ffffffff81000010', 'polling'],
      ['ffffffff81000080', undefined],
      ['ffffffff81000090', 'copy'],
      ['ffffffff810000a0', undefined],
    ]);
  });

  it('joins neighbours, and parts that compilers split off', () => {
    const text =
      line(KERNEL, '__pfx_br_forward') +
      line(KERNEL + 0x10n, 'br_forward.part.0') +
      line(KERNEL + 0x20n, 'br_flood.isra.0.cold') +
      line(KERNEL + 0x30n, 'bring_up');
    expect(ranges(text)).toEqual([
      ['ffffffff81000000', 'bridging'],
      ['ffffffff81000030', undefined],
    ]);
  });

  it('takes every function of a listed module, in whatever order, and bounds the last one', () => {
    const text =
      line(MODULE + 0x40n, 'z_last', 'kvm') +
      line(MODULE, 'anything', 'kvm') +
      line(MODULE + 0x20n, 'svm_vcpu_run', 'kvm') +
      line(MODULE + 0x100000n, 'far_away', 'ext4');
    expect(ranges(text)).toEqual([
      ['ffffffffc0000000', 'exit_handling'],
      ['ffffffffc0000020', 'guest'],
      ['ffffffffc0000040', 'exit_handling'],
      ['ffffffffc0001040', undefined],
    ]);
  });

  it('lets a module that follows closely end the one before', () => {
    const text = line(MODULE, 'a', 'bridge') + line(MODULE + 0x100n, 'b', 'ext4');
    expect(ranges(text)).toEqual([
      ['ffffffffc0000000', 'bridging'],
      ['ffffffffc0000100', undefined],
    ]);
  });

  it('prefers the listed one of two names for an address', () => {
    for (const names of [
      ['memcpy', 'alias'],
      ['alias', 'memcpy'],
    ])
      expect(ranges(names.map((name) => line(KERNEL, name)).join(''))[0]).toEqual([
        'ffffffff81000000',
        'copy',
      ]);
  });

  it('keeps the last digits of an address', () => {
    expect(ranges(line(0xffffffffffffff01n, 'memcpy'))[0]).toEqual(['ffffffffffffff01', 'copy']);
  });

  it('is empty where addresses are hidden, and passes over what is no function', () => {
    expect(ranges(line(0, 'memcpy') + line(0, 'net_rx_action'))).toEqual([]);
    const hostile = [
      '',
      'memcpy',
      'ffffffff81000000 t',
      'zzzzzzzz81000000 t memcpy',
      ' ffffffff81000000 t memcpy',
    ];
    expect(ranges([...hostile, line(KERNEL, 'memcpy', '', 'D')].join('\n'))).toEqual([]);
    expect(ranges(`${line(KERNEL, '[t]\\"', 'a b')}${line(KERNEL, '__proto__')}`)).toEqual([]);
  });

  it('answers for every address as the function does that lies there', () => {
    const names = ['memcpy', 'net_rx_action', 'br_forward', 'schedule', 'vfs_read'];
    const functions = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.constantFrom(...names)), {
      selector: ([at]) => at,
      minLength: 1,
    });
    fc.assert(
      fc.property(functions, fc.integer({ min: 1, max: 4000 }), (all, ip) => {
        const found = codeRanges(
          all.map(([at, name]) => line(at, name).trimEnd()),
          activityOf,
        );
        const at = found.findLast(({ start }) => start <= BigInt(ip))?.label;
        const [, name] = all.sort(([a], [b]) => a - b).findLast(([start]) => start <= ip) ?? [];
        expect(at).toBe(name && activityOf(name, ''));
      }),
    );
  });
});
