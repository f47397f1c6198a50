import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { RolegateError } from '../../policy/errors.ts';

/** Milliseconds without renewal after which a lock counts as abandoned; its holder renews it at half that interval. */
const STALE = 10_000;
const HOLDER = 'db.lock.json';

/** Names the holder of the lock. The lock itself is an empty folder, so that taking it is atomic everywhere. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system counts; null where that cannot be read. It tells a process from a later one with the same pid. */
  readonly began: string | null;
}

const held = new Set<string>();

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22, with the boot it counts from. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${String(ticks)}`;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('host' in holder)) return null;
    const began = 'began' in holder && typeof holder.began === 'string' ? holder.began : null;
    return { pid: Number(holder.pid), host: String(holder.host), began };
  } catch {
    return null;
  }
}

/**
 * `unsure`: a process with its pid runs on this machine, and nothing tells whether it is the same one. `elsewhere`: it
 * runs on another machine or in another container, so its pid means nothing here.
 */
type HolderState = 'alive' | 'dead' | 'unsure' | 'elsewhere';

function stateOf(holder: Holder | null, folder: string): HolderState {
  if (holder === null || holder.host !== hostname()) return 'elsewhere';
  if (holder.pid === process.pid) return held.has(folder) ? 'alive' : 'dead';
  if (!isRunning(holder.pid)) return 'dead';
  const began = beginningOf(holder.pid);
  if (holder.began === null || began === null) return 'unsure';
  return began === holder.began ? 'alive' : 'dead';
}

function refusal(folder: string, holder: Holder | null): RolegateError {
  const who = holder === null ? 'another process' : `process ${String(holder.pid)} on ${holder.host}`;
  return new RolegateError(
    'DATA_DIR_LOCKED',
    `the data folder \`${folder}\` is in use by ${who}: stop it, or choose another folder`,
  );
}

/** Of several processes that find the same dead holder, the one that renames its file removes the lock. */
async function removeDead(lockPath: string, holderPath: string, dead: Holder): Promise<void> {
  const mine = `${holderPath}.${String(process.pid)}`;
  try {
    await rename(holderPath, mine);
  } catch {
    return;
  }
  const renamed = await readHolder(mine);
  if (renamed?.pid === dead.pid && renamed.began === dead.began) {
    await rm(lockPath, { recursive: true, force: true });
    await rm(mine, { force: true });
  } else {
    // Another process was faster, and this is the file that it has written since.
    await rename(mine, holderPath);
  }
}

/** A held lock. */
export interface DataDirLock {
  /** True once another process has taken over the folder, for whatever reason. */
  isLost(): boolean;
  release(): Promise<void>;
}

/** Null: another process holds it. */
async function take(folder: string, lockPath: string, holderPath: string): Promise<DataDirLock | null> {
  let lost = false;
  try {
    const unlock = await lockfile.lock(folder, {
      lockfilePath: lockPath,
      stale: STALE,
      update: STALE / 2,
      realpath: false,
      onCompromised: () => {
        lost = true;
      },
    });
    held.add(folder);
    const own: Holder = { pid: process.pid, host: hostname(), began: beginningOf(process.pid) };
    await writeFile(holderPath, JSON.stringify(own), { mode: 0o600 });
    return {
      isLost: () => lost,
      release: async () => {
        if (!held.delete(folder) || lost) return;
        await rm(holderPath, { force: true });
        await unlock();
      },
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return null;
    throw error;
  }
}

/** Whether a process that certainly lives holds `dataDir`. False: nobody does, or it is not known. */
export async function isHeld(dataDir: string): Promise<boolean> {
  const folder = resolve(dataDir);
  return stateOf(await readHolder(join(folder, HOLDER)), folder) === 'alive';
}

/**
 * Makes this process the only one on `dataDir`: two on one PGlite folder destroy it. The lock of a killed process is
 * taken over at once where its end can be seen, otherwise when it has not been renewed for ten seconds. Throws
 * DATA_DIR_LOCKED.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const folder = resolve(dataDir);
  const lockPath = join(folder, 'db.lock');
  const holderPath = join(folder, HOLDER);
  const deadline = Date.now() + STALE + 2_000;
  for (;;) {
    const holder = await readHolder(holderPath);
    const state = stateOf(holder, folder);
    // This includes a process that has not renewed its lock for long (it was suspended): it would continue to write when it wakes.
    if (state === 'alive') throw refusal(folder, holder);
    if (state === 'dead' && holder !== null) await removeDead(lockPath, holderPath, holder);
    const lock = await take(folder, lockPath, holderPath);
    if (lock !== null) return lock;
    // If it is unknown whether the holder lives, it gets the time to renew its lock.
    if (state === 'unsure' || Date.now() > deadline) throw refusal(folder, await readHolder(holderPath));
    await delay(250);
  }
}
