import type { JsonObject, JsonValue } from '../policy/json.ts';
import { isJsonObject } from './entry.ts';

export const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;

/** How deep answers may be nested in other objects: recordings nest them three deep. */
const MAX_DEPTH = 8;

/** Whether `value` has a list that only this answer of IAM has. `list-policies` has `Policies` too, without versions. */
function isAnswer(value: JsonObject): boolean {
  return LISTS.some((name) => {
    const list = Object.hasOwn(value, name) ? value[name] : undefined;
    if (list === undefined || (list !== null && typeof list !== 'object')) return false;
    if (name !== 'Policies' || list === null) return true;
    const policies: readonly JsonValue[] = isJsonObject(list) ? [list] : list;
    return (
      policies.length === 0 ||
      policies.some((policy) => isJsonObject(policy) && Object.hasOwn(policy, 'PolicyVersionList'))
    );
  });
}

/**
 * The answers of `get-account-authorization-details` in `root`: itself, the pages of a list, or answers nested in other
 * objects (recordings, envelopes), in order. Does not search an answer for others.
 */
export function findAnswers(root: JsonValue): readonly JsonObject[] {
  const answers: JsonObject[] = [];
  const visit = (value: JsonValue, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isJsonObject(value) && isAnswer(value)) {
      answers.push(value);
      return;
    }
    if (depth === MAX_DEPTH) return;
    for (const child of Object.values(value)) visit(child, depth + 1);
  };
  visit(root, 0);
  return answers;
}
