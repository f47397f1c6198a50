import { nextTurn } from '../access/next-turn.ts';
import type { GatewayContext } from './context.ts';

/** By HTTP request: settled when the last search that was put in is done. */
const queues = new WeakMap<object, Promise<unknown>>();

/**
 * Runs a search, or a long part of one: those of one HTTP request one after the other, on whatever fields and of whichever
 * operation of a batch, and between two of them other requests get their turn. The first one does not wait. `search` must
 * not run another one in turn, which would wait for itself.
 */
export function inTurn<T>({ request }: GatewayContext, search: () => T | Promise<T>): Promise<T> {
  const before = queues.get(request);
  const result = before === undefined ? run(search) : before.then(nextTurn).then(search);
  const done = result.then(ignore, ignore);
  queues.set(request, done);
  return result;
}

async function run<T>(search: () => T | Promise<T>): Promise<T> {
  return search();
}

const ignore = (): void => undefined;
