import type { Remembered } from '../directory/directory.ts';
import { NOT_IN_MEMORY } from '../directory/not-in-memory.ts';
import type { GuardContext } from './context.ts';
import { meetingOf } from './decision-loader.ts';

/** What `read` finds in memory, as decisions of the request do; undefined: it is not there, or not known to be current. */
export function fromMemory<T extends object | string>(
  context: GuardContext,
  read: (memory: Remembered) => T,
): T | undefined {
  const memory = context.directory.remember(context.now, meetingOf(context).since, null);
  if (memory === null) return undefined;
  try {
    return read(memory);
  } catch (error) {
    if (error !== NOT_IN_MEMORY) throw error;
    return undefined;
  }
}
