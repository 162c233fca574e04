import {
  capture_process,
  cpu_activity_process,
  cpu_activity_row,
  onEveryCpu,
  onlineCpus,
  runIterator,
  Table,
} from '../../kernel/index.js';
import { processKey, type ProcessKey } from '../fleet.js';
import type { Module } from '../module.js';
import { CpuActivityCollector, cpuActivityDescription } from './collector.js';
import { Processes } from './processes.js';
import { cpuActivitySignal } from './signal.js';

export const cpuActivityModule: Module = {
  description: cpuActivityDescription,
  signals: [cpuActivitySignal],
  create({ watch, handles, resumedNs, linger }) {
    const { tables, iterators } = handles(cpuActivitySignal.name) ?? {};
    if (!tables) return undefined;
    const collector = new CpuActivityCollector(
      new Table(tables['cpu_activity_rows']!, onEveryCpu(cpu_activity_row)),
      onlineCpus,
      new Processes(new Table(tables['processes']!, cpu_activity_process, 'write')),
      () => resumedNs(cpuActivitySignal.name),
      (key) => watch.nameOf(key),
      linger * 1e9,
    );
    const captures = captureProcesses(iterators?.['capture_processes']);
    watch.afterScan(() => collector.know(watch.inventory.vms.keys(), captures()));
    return collector;
  },
};

/**
 * The processes that hold a capture socket. None are known where the iterator cannot be run (before 5.19 with
 * unprivileged_bpf_disabled): then only the kernel's part of capturing is told from the rest.
 */
function captureProcesses(iterator: number | undefined): () => ProcessKey[] {
  let link = iterator;
  return () => {
    if (link === undefined) return [];
    try {
      return runIterator(link, capture_process.size).map(parse);
    } catch {
      link = undefined;
      return [];
    }
  };
}

const { tgid, start_ns } = capture_process.fields;
const parse = (record: Buffer): ProcessKey =>
  processKey(record.readUInt32LE(tgid.offset), Number(record.readBigUInt64LE(start_ns.offset)));
