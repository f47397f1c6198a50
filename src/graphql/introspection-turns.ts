import { __Schema, __Type, type GraphQLField } from 'graphql';
import type { Work } from '../access/work.ts';

/** The longest lists of the schema. */
const LONG = [
  { type: __Schema, name: 'types' },
  { type: __Type, name: 'fields' },
];

let isDone = false;

/**
 * The answer about the schema takes turns with other requests: entries of its long lists are told one after the other, as the
 * work of the request. Requests outside of a gateway, which have no work, are answered at once as before.
 */
export function introspectInTurns(): void {
  if (isDone) return;
  isDone = true;
  for (const { type, name } of LONG) {
    const field = type.getFields()[name];
    if (field !== undefined) tellInTurns(field);
  }
}

function tellInTurns(field: GraphQLField<unknown, unknown>): void {
  const tell = field.resolve;
  if (tell === undefined) throw new Error(`graphql-js has no resolver for ${field.name}`);
  field.resolve = (source, args, context, info) => {
    const told = tell(source, args, context, info);
    const work = workIn(context);
    return work === null || !Array.isArray(told) ? told : inTurns(told, work);
  };
}

function workIn(context: unknown): Work | null {
  return typeof context === 'object' && context !== null && 'work' in context ? (context.work as Work) : null; // as: the gateway's context
}

function inTurns(entries: readonly unknown[], work: Work): readonly Promise<unknown>[] {
  let before: Promise<unknown> = Promise.resolve();
  return entries.map((entry) => {
    before = before.then(() => work.turn()).then(() => entry);
    return before;
  });
}
