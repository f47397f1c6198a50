import { parseRequestContext } from '../evaluation/context.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isList, type JsonObject, type JsonValue } from '../policy/json.ts';

/** What a request says besides its names. */
export interface Said {
  /** Of the subject. */
  readonly subject: JsonObject;
  /** Of the action. */
  readonly action: JsonObject;
  /** Of the resource. */
  readonly resource: JsonObject;
  readonly context: JsonObject;
}

/** Condition keys, and what could be none. */
export interface Keys {
  readonly context: RequestContext;
  /** Places of values that no condition key can have, at most MOST_IGNORED: `subject.properties.roles`. */
  readonly ignored: readonly string[];
}

const MOST_IGNORED = 20;
/** Greatest length of a name in an answer, in characters. */
const SHOWN = 100;

/**
 * Properties and context as condition keys: those of the subject are `aws:PrincipalTag/k`, those of the resource `aws:ResourceTag/k`,
 * those of the action `authzen:k`; members of the context are keys if their names have a colon. Objects and null are no values of
 * condition keys, lists none of tags. Throws InvalidInput for a key that is given twice, and beyond the limits of a context.
 */
export function conditionKeys(said: Said): Keys {
  const keys = new Map<string, JsonValue>();
  const ignored: string[] = [];
  const add = (name: string, value: JsonValue, place: string, lists: boolean): void => {
    if (!isValue(value, lists)) {
      if (ignored.length < MOST_IGNORED) ignored.push(place.length > SHOWN ? `${place.slice(0, SHOWN)}…` : place);
      return;
    }
    if (keys.has(name))
      throw new InvalidInput('context', `the condition key \`${name.slice(0, SHOWN)}\` is given twice`);
    keys.set(name, value);
  };
  for (const [k, value] of Object.entries(said.subject))
    add(`aws:PrincipalTag/${k}`, value, `subject.properties.${k}`, false);
  for (const [k, value] of Object.entries(said.resource))
    add(`aws:ResourceTag/${k}`, value, `resource.properties.${k}`, false);
  for (const [k, value] of Object.entries(said.action)) add(`authzen:${k}`, value, `action.properties.${k}`, true);
  for (const [k, value] of Object.entries(said.context)) if (k.includes(':')) add(k, value, `context.${k}`, true);
  return { context: parseRequestContext(Object.fromEntries(keys), 'context'), ignored };
}

function isValue(value: JsonValue, lists: boolean): boolean {
  if (isList(value)) return lists && value.every((each) => typeof each !== 'object');
  return typeof value !== 'object';
}
