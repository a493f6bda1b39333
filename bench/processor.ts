/** The processor time and memory that processes use: 0 where the system does not tell (Linux does). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Processor time of all threads of a process, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const threads = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  return (
    threads.reduce((sum, thread) => sum + nanosecondsOf(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e9
  );
}

/** Processor time of its main thread alone, in seconds, up to when it last gave the processor back. */
export function mainThreadSecondsOf(pid: number): number {
  return nanosecondsOf(`/proc/${pid}/task/${pid}/schedstat`) / 1e9;
}

/** Reads the first figure, which is the time on a processor. (Linux, Documentation/scheduler/sched-stats.rst) */
function nanosecondsOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').split(' ', 1)[0]);
  } catch {
    // The thread has just ended.
    return 0;
  }
}

/** The resident memory of a process, in bytes. */
export function residentBytesOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}

/** The processors that this process may run on; an empty list where the system does not tell. */
export function allowedProcessors(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    return list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}
