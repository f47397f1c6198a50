import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import type { Work } from '../access/work.ts';
import { endOfWork } from '../graphql/execution/execute-in-turns.ts';
import { isShort, jsonBytes } from './json-pieces.ts';

// Yoga makes one text of an answer, and one of a batch of them, while everybody else waits. So the data of a long answer are written in
// turns, and Yoga is given a mark in their place, which nobody can guess. Where the response is there, they take its place again.

/** By HTTP request: the data of long answers, by their marks. */
const long = new WeakMap<object, Map<string, readonly Buffer[]>>();

/** `result` with its data written in turns, if they are long. `request`: the HTTP request that it is an answer to. */
export function written(
  result: ExecutionResult,
  request: object,
  work: Work,
): ExecutionResult | Promise<ExecutionResult> {
  const { data } = result;
  if (data == null || isShort(data)) return result;
  return work.run(jsonBytes(data)).then((bytes) => {
    const mark = randomUUID();
    const marked = long.get(request) ?? new Map<string, readonly Buffer[]>();
    long.set(request, marked.set(mark, bytes));
    return { ...result, stringify: (told: ExecutionResult) => textOf(told, data, mark) };
  }, endOfWork);
}

/** What Yoga says of an operation, with a mark for its data. */
function textOf(told: ExecutionResult, data: unknown, mark: string): string {
  return JSON.stringify({ ...told, ...(told.data === data && { data: mark }) });
}

export function hasLongAnswer(request: object): boolean {
  return long.has(request);
}

/** The bytes of a response with the data in the places of their marks, in pieces. */
export function withLongAnswers(request: object, response: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  const marked = [...(long.get(request) ?? [])]
    .map(([mark, bytes]) => ({ place: `"${mark}"`, at: response.indexOf(`"${mark}"`), bytes }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  for (const { place, at, bytes } of marked) {
    parts.push(response.subarray(from, at), ...bytes);
    from = at + place.length;
  }
  parts.push(response.subarray(from));
  return parts;
}
