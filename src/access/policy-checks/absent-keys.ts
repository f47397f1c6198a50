import { type KeyUse, keyValues } from '../../analysis/grants/key-values.ts';
import type { ContextValue } from '../../policy/context-key.ts';
import type { Steps } from '../../policy/steps.ts';

/**
 * Keys that follow from the resource in every request that is made up, although some actions do not have them:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
const MAY_BE_ABSENT: ReadonlySet<string> = new Set(['aws:resourceaccount']);

/** The first such key of which it makes a difference, to these conditions together, that a request lacks it; null: there is none. */
export function* absentKey(uses: readonly KeyUse[]): Steps<string | null> {
  const own = uses.filter(({ condition: { key, keys } }) => MAY_BE_ABSENT.has(key.name) && keys.length === 1);
  const [first] = own;
  if (first === undefined) return null;
  const verdicts = (value: ContextValue | undefined): string =>
    own.map(({ condition }) => Number(condition.holds({ value: () => value }))).join('');
  const form = { type: 'String', isList: false, always: true };
  const { values } = yield* keyValues(own, form, { value: () => undefined });
  const absent = verdicts(undefined);
  return values.some((value) => verdicts(value) === absent) ? null : first.condition.key.written;
}
