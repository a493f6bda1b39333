/** Processor time of processes. */
import { readdirSync, readFileSync } from 'node:fs';

/** Seconds on a processor of all threads of a process; 0 where the system does not tell (it does on Linux). */
export function cpuSecondsOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return (
      threads.reduce((sum, thread) => sum + nanosecondsOf(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e9
    );
  } catch {
    return 0;
  }
}

/** The first of the figures is the time on a processor. (Linux, Documentation/scheduler/sched-stats.rst) */
function nanosecondsOf(path: string): number {
  return Number(readFileSync(path, 'utf8').split(' ', 1)[0]);
}
