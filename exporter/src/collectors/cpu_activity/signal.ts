import { cpu_code_range, cpu_code_ranges_in_use, type Signal } from '../../kernel/index.js';
import { codeTeacher } from '../kernel_code/table.js';
import { ACTIVITIES, classifier, listings } from './activities.js';
import { idleClockTeacher, offlineTeacher } from './teacher.js';

const activityOf = classifier(listings);

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
    const code = codeTeacher(
      {
        ranges: { fd: table('cpu_code_ranges'), layout: cpu_code_range },
        inUse: { fd: table('cpu_code_ranges_in_use'), layout: cpu_code_ranges_in_use },
      },
      (name, module) => {
        const activity = activityOf(name, module);
        return activity && ACTIVITIES[activity];
      },
    );
    const lessons = [code, idleClockTeacher(table), offlineTeacher(table)];
    return () => lessons.forEach((teach) => teach());
  },
};
