import { nextTurn } from '../access/next-turn.ts';
import type { GatewayContext } from './context.ts';

/** By HTTP request: settled when the last queued search is done. */
const queues = new WeakMap<object, Promise<unknown>>();

/**
 * Runs a search, or a long part of one. The searches of one HTTP request run one after the other, from any field and any
 * operation of a batch, and between two of them other requests get their turn. The first one does not wait. `search` must
 * not call `inTurn`, because it would wait for itself.
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
