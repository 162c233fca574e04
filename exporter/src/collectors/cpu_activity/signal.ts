import type { Signal } from '../../kernel/index.js';
import { codeTeacher, idleClockTeacher, offlineTeacher } from './teacher.js';

/** Samples a second and CPU: enough for shares of one percent in a minute, and in step with no clock of 100 or 250 Hz. */
export const HERTZ = 49;

/** bpf/cpu_activity.bpf.c. Where kernel code lies stays with the loader: the server never sees an address. */
export const cpuActivitySignal: Signal = {
  name: 'cpu_activity',
  tables: { cpu_activity_rows: 'read', processes: 'write' },
  perCpu: ['cpu_activity_rows'],
  programs: [
    {
      name: 'cpu_activity',
      hook: 'perf_event/cpu-clock',
      functions: ['cpu_activity'],
      modules: [],
      hertz: HERTZ,
    },
    {
      name: 'capture_processes',
      hook: 'iter/task_file',
      functions: ['capture_processes'],
      modules: [],
      iterator: { reloadedFor: ['af_packet'] },
    },
  ],
  // Without the second the processes that capture would be in `other`.
  needs: [{ metrics: ['trapline_cpu_seconds_total'], programs: ['cpu_activity', 'capture_processes'] }],
  teacher(table) {
    const lessons = [codeTeacher(table), idleClockTeacher(table), offlineTeacher(table)];
    return () => lessons.forEach((teach) => teach());
  },
};
