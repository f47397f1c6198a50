import type { LevelName } from '../evaluation/applicable-policies.ts';
import type { LayerDecision, MatchedStatement } from '../evaluation/decision.ts';
import { splitArn } from '../policy/arn.ts';
import type { GuardContext } from './context.ts';
import { mayDo } from './permission.ts';
import { readableStatements } from './readable-policy.ts';

/** Whether the caller may list the control policies that are attached at a level. */
async function mayListAt(context: GuardContext, { arn }: LevelName): Promise<boolean> {
  if (arn === null) return true;
  return mayDo(context, { action: 'organizations:ListPoliciesForTarget', resource: arn, account: null });
}

/**
 * The level at which a readable statement stands; null: it stands at none, or the caller may not know it. Everybody may read
 * AWS's own policies, and only who may list the policies of a level knows that they are attached there.
 */
export async function readableLevel(
  context: GuardContext,
  { level, arn }: Pick<MatchedStatement, 'level' | 'arn'>,
): Promise<LevelName | null> {
  if (level === null || splitArn(arn ?? '')[4] !== 'aws') return level;
  return (await mayListAt(context, level)) ? level : null;
}

/**
 * The levels at which a layer denies, as far as the caller may know them: those of the Denies that it may read, and those
 * without an Allow whose policies it may list.
 */
export async function readableDeniedAt(
  context: GuardContext,
  { effect, deniedAt, matchedStatements }: LayerDecision,
): Promise<readonly LevelName[]> {
  if (deniedAt.length === 0 || context.caller.kind === 'operator') return deniedAt;
  if (effect === 'IMPLICIT_DENY') {
    const listable = await Promise.all(deniedAt.map((level) => mayListAt(context, level)));
    return deniedAt.filter((_level, index) => listable[index] === true);
  }
  const denying = matchedStatements.filter((statement) => statement.effect === 'DENY');
  const readable = await readableStatements(context, denying);
  const levels = await Promise.all(readable.map((statement) => readableLevel(context, statement)));
  return deniedAt.filter((level) => levels.includes(level));
}
