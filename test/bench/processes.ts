import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';

/**
 * Seconds of CPU that processes have had. One that has ended had long been idle, and counts no more.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export async function cpuOf(pids: readonly number[]): Promise<number> {
  const ticks = 100;
  let seconds = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (text === '') continue;
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    seconds += (Number(fields[11]) + Number(fields[12])) / ticks;
  }
  return seconds;
}

/** As `cpuOf`, of the threads that a process has now, to the microsecond. https://docs.kernel.org/scheduler/sched-stats.html */
export async function cpuOfThreads(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e9, 0);
}

/** The processes of a server that work for others in the database of `watcher`. */
export async function backendsOf(watcher: Client): Promise<readonly number[]> {
  const { rows } = await watcher.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  return rows.map(({ pid }) => pid);
}
