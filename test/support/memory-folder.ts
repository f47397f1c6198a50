import { readFileSync, statfsSync } from 'node:fs';

const FOLDER = '/dev/shm';
/** Bytes; what tests have on disk at one time is a fraction of it. */
const ROOM = 4 * 2 ** 30;

/**
 * A folder in memory for what tests write, or null where there is none with room from which programs may be started. A
 * database is a thousand files: to copy it on a disk, the kernel takes longer than many tests.
 */
export function memoryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync(FOLDER);
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const options = mounts.map((line) => line.split(' ')).findLast(([, folder]) => folder === FOLDER)?.[3];
    const isFit = options !== undefined && !options.split(',').some((option) => option === 'noexec' || option === 'ro');
    return isFit && bavail * bsize >= ROOM ? FOLDER : null;
  } catch {
    return null;
  }
}
