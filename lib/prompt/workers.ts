/** The workers of this server, for the operator: the answer to `workers`, and their line in `status`. */
import type { RunningServer } from '../server.js';
import { type Load, loadOf } from '../workers/load.js';
import type { Worker } from '../workers/worker.js';
import { formatBytes, formatCount, formatDuration, formatTable } from './format.js';

const head = ['worker', 'process', 'since', 'clients', 'channels', 'deliveries', 'memory', 'deaths', ''];

/**
 * The lines that `workers` answers.
 *
 * @param nowMs the present moment, by the clock's `nowMs`
 * @param wallMs the same moment, in milliseconds since 1970
 */
export function workerLines(server: RunningServer, nowMs: number, wallMs: number): string[] {
  const { relay, network, workforce, sinceMs } = server;
  if (workforce.workers.length === 0)
    return ['This server is a single process. The option --workers makes it several.'];
  const own = row(1, process.pid, wallMs - sinceMs, loadOf(relay, network), ['', 'this process']);
  const others = workforce.workers.map((worker) =>
    row(worker.number, worker.pid, nowMs - worker.sinceMs, worker.load, [
      worker.deaths > 0 ? String(worker.deaths) : '',
      worker.state === 'working' ? '' : worker.state,
    ]),
  );
  return formatTable(head, [own, ...others]);
}

function row(
  number: number,
  pid: number | undefined,
  ageMs: number,
  load: Load | undefined,
  rest: readonly string[],
): string[] {
  const age = load ? formatDuration(ageMs) : '';
  const { clients, channels, relay } = load ?? {};
  const counts = [clients, channels, relay?.deliveries].map((count) => String(count ?? ''));
  return [
    String(number),
    String(pid ?? '-'),
    age,
    ...counts,
    load ? formatBytes(load.memoryBytes) : '',
    ...rest,
  ];
}

/**
 * The line about workers in `status`.
 *
 * @param workers all workers except this process
 */
export function workersLine(workers: readonly Worker[]): string {
  const missing = workers.filter(({ state }) => state !== 'working').length;
  const deaths = workers.reduce((sum, worker) => sum + worker.deaths, 0);
  return [
    `${workers.length + 1}, this process among them`,
    ...(missing > 0 ? [`${missing} not working`] : []),
    ...(deaths > 0 ? [`${formatCount(deaths, 'death')} so far`] : []),
  ].join('; ');
}
