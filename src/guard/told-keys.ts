import type { AssumableRole } from '../access/assumable-roles.ts';
import type { Answer } from '../access/question.ts';
import { namesOfKeys } from '../evaluation/asked-keys.ts';
import type { AskedKey } from '../evaluation/decision.ts';
import { isOwnLayer } from '../evaluation/veil.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import { mayReadPolicy } from './readable-policy.ts';

/**
 * The condition keys of an answer that the caller may know: those for which a statement asks whose policy it may read, or that is
 * its own. That a key is asked for at all stands in the policy.
 */
export async function toldKeys(
  context: GuardContext,
  answer: Pick<Answer, 'question' | 'onAssumption'>,
  asked: readonly AskedKey[],
): Promise<string[]> {
  const { caller } = context;
  if (caller.kind === 'operator' || asked.length === 0) return [...namesOfKeys(asked)];
  const { principal, assumedRole } = answer.question.subject;
  const isItself =
    caller.kind === 'principal' &&
    principalIdOf(caller.ref) === principalIdOf(principal) &&
    (assumedRole === null || answer.onAssumption === true);
  const told = await Promise.all(
    asked.map(async ({ statement }) => (isItself && isOwnLayer(statement.layer)) || mayReadPolicy(context, statement)),
  );
  return [...namesOfKeys(asked.filter((_key, index) => told[index] === true))];
}

/**
 * What the calls on the way to a role need, as far as the caller may know it. `found`: all roles of the search, among them those on the
 * way.
 */
export async function toldRequirements(
  context: GuardContext,
  { requires, chain }: AssumableRole,
  found: readonly AssumableRole[],
): Promise<string[]> {
  if (context.caller.kind === 'operator' || requires.length === 0) return [...requires];
  const told = new Set<string>();
  for (const { roleArn, answer } of found) {
    if (!chain.includes(roleArn)) continue;
    const { requires: names, missingKeys } = answer.decision;
    for (const key of [...names, ...(await toldKeys(context, answer, missingKeys))]) told.add(key);
  }
  return requires.filter((key) => told.has(key));
}
