/**
 * What any program on the same hooks would cost at least: for each program that ships, one on its hook that does nothing,
 * and one that reads the clock.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../bpf/compile.js';
import { modules } from '../exporter/src/collectors/catalogue.js';
import type { Program, Signal } from '../exporter/src/kernel/signal.js';

/** What is put on the hooks; `defaults` is Trapline without what it attaches only when asked. */
export type Group = 'trapline' | 'defaults' | 'empty' | 'clock' | 'exporter' | 'per_packet';

/** Where what benches compile lies. */
export const COMPILED = join(import.meta.dirname, 'dist');
const SHIPPED = join(import.meta.dirname, '../bpf/prebuilt');

/** What ships and is fired by events; iterators run in the process that reads them. */
export const shipped: readonly Signal[] = modules.flatMap(({ signals }) => signals);

const byDefault = modules.filter(({ offByDefault }) => !offByDefault).flatMap(({ signals }) => signals);

const isFired = ({ iterator }: Program): boolean => iterator === undefined;
const fired = shipped.flatMap(({ programs }) => programs).filter(isFired);

const BODIES = { empty: '', clock: 'bpf_ktime_get_ns(); ' } as const;

const sourceOf = (kind: keyof typeof BODIES): string =>
  [
    '#include <linux/bpf.h>',
    '#include <bpf/bpf_helpers.h>',
    ...fired.map(({ name, hook }) => {
      const section = hook.startsWith('perf_event') ? 'perf_event' : hook;
      return `SEC("${section}") int ${kind}_${name}(void *context) { ${BODIES[kind]}return 0; }`;
    }),
    'char LICENSE[] SEC("license") = "Dual BSD/GPL";\n',
  ].join('\n');

/** The same programs, as far as the loader can see, with another function behind each. */
const floorOf = (kind: keyof typeof BODIES): Signal[] =>
  shipped.map(({ name, programs }) => ({
    name,
    tables: {},
    programs: programs
      .filter(isFired)
      .map((program) => ({ ...program, functions: [`${kind}_${program.name}`] })),
    needs: [],
  }));

const onKvm = (hook: string, kernelFunction: string): Program => ({
  ...{ name: hook, hook: `tp_btf/${hook}`, functions: [kernelFunction], modules: ['kvm', 'kvm_amd'] },
});

const GROUPS: Readonly<Record<Group, readonly Signal[]>> = {
  trapline: shipped,
  defaults: byDefault,
  empty: floorOf('empty'),
  clock: floorOf('clock'),
  exporter: [
    {
      name: 'vm_exit',
      tables: {},
      programs: [onKvm('kvm_exit', 'shape_exit'), onKvm('kvm_entry', 'shape_entry')],
      needs: [],
    },
  ],
  per_packet: [
    {
      name: 'per_packet',
      tables: {},
      programs: [
        {
          ...{ name: 'per_packet', hook: 'fentry/tpacket_rcv', modules: [] },
          functions: ['count_function', 'count_tracepoint'],
        },
      ],
      needs: [],
    },
  ],
};

/** The signals of a group; of those named only, where any is. */
export const signalsIn = (group: Group, only: readonly string[]): Signal[] =>
  GROUPS[group].filter(({ name }) => only.length === 0 || only.includes(name));

/** Where the object of a signal of a group lies, once `compileFloors` has run. */
export const objectIn = (group: Group, signal: string): string =>
  group === 'trapline' || group === 'defaults'
    ? join(SHIPPED, `${signal}.bpf.o`)
    : join(COMPILED, `${group}.bpf.o`);

/** Compiles what is compared with; takes a second. */
export function compileFloors(): void {
  mkdirSync(COMPILED, { recursive: true });
  for (const kind of ['empty', 'clock'] as const) {
    const source = join(COMPILED, `${kind}.bpf.c`);
    writeFileSync(source, sourceOf(kind));
    compile(source, objectIn(kind, ''));
  }
  for (const group of ['exporter', 'per_packet'] as const)
    compile(join(import.meta.dirname, `bpf/${group}.bpf.c`), objectIn(group, ''));
}
