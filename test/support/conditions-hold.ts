import { compileCondition } from '../../src/policy/condition.ts';
import { isList, isObject, type JsonObject } from '../../src/policy/json.ts';

/** Whether all condition blocks hold of a request with this context by a caller with this aws:userid; null: it has none. */
export function conditionsHold(
  blocks: readonly JsonObject[],
  context: Readonly<Record<string, string | readonly string[]>>,
  userId: string | null = null,
): boolean {
  const values = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  if (userId !== null) values.set('aws:userid', userId);
  return blocks.every((block) =>
    Object.entries(block).every(
      ([operator, keys]) =>
        isObject(keys) &&
        Object.entries(keys).every(([key, value]) => {
          const wanted = (isList(value) ? value : [value]).map(String);
          return compileCondition(operator, key, wanted, true).holds({ value: ({ name }) => values.get(name) });
        }),
    ),
  );
}
