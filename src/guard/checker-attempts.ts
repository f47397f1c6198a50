import type { CheckerRecord } from '../directory/stores/checker-store.ts';
import { MAX_CHECKER_ACCOUNTS } from '../session/checkers.ts';
import type { Attempt } from './attempt.ts';
import type { GuardContext } from './context.ts';
import { allOf } from './maybe-promise.ts';
import { mayDo, type Permission } from './permission.ts';
import { idOfUser } from './readable.ts';

/** The scope of a checker that is to be made. `accountIds` null: none were given. */
export interface NewCheckerScope {
  readonly scope: 'ALL' | 'ACCOUNTS';
  readonly accountIds: readonly string[] | null;
}

export interface NamedChecker {
  readonly checkerId: string;
}

/** `checkerId` null: the calling checker. */
export interface RotatedChecker {
  readonly checkerId: string | null;
}

/** `rolegate:operation` in each account. */
function inEach(operation: string, accountIds: readonly string[]): readonly Permission[] {
  return [...new Set(accountIds)].map((account) => ({ action: `rolegate:${operation}`, resource: '*', account }));
}

/** In each account of the scope; for all accounts only the operator. */
export function creationOfChecker({ scope, accountIds }: NewCheckerScope): Attempt {
  const attempted = { event: 'CreateChecker', action: 'rolegate:CreateChecker' };
  if (scope === 'ALL') {
    const sentence = 'only the operator may make a checker for all accounts';
    return { kind: 'operators', attempted, sentence, always: false };
  }
  // The operation itself refuses more, and none.
  const within = (accountIds ?? []).slice(0, MAX_CHECKER_ACCOUNTS);
  return { kind: 'permitted', permissions: inEach('CreateChecker', within) };
}

/** The unique id of the user or role that a checker made by the caller ends with; null: it makes none. */
export async function idAsMaker(context: GuardContext): Promise<string | null> {
  const { caller } = context;
  if (caller.kind !== 'principal') return null;
  if (caller.session !== null) return caller.session.roleId;
  return caller.ref.kind === 'user' ? idOfUser(context, caller.ref) : null;
}

async function isMaker(context: GuardContext, { maker }: CheckerRecord): Promise<boolean> {
  return maker.kind !== 'operator' && maker.id === (await idAsMaker(context));
}

/** The same answer whether there is such a checker or not. */
function concealed(operation: string, checkerId: string): Attempt {
  return {
    kind: 'operators',
    attempted: { event: operation, action: `rolegate:${operation}`, target: checkerId.slice(0, 128) },
    sentence: `there is no such checker that you are allowed to ${operation === 'RotateChecker' ? 'rotate' : 'revoke'}`,
    always: false,
  };
}

/** Whoever rotates a checker gets a token with the rights of its maker: only the maker may, and the checker itself. */
export async function rotationOfChecker({ checkerId }: RotatedChecker, context: GuardContext): Promise<Attempt> {
  // The operation itself says that only checkers can leave it out.
  if (checkerId === null) return { kind: 'permitted', permissions: [] };
  const checker = await context.directory.checkers.get(checkerId);
  if (checker === null || !(await isMaker(context, checker))) return concealed('RotateChecker', checkerId);
  return { kind: 'permitted', permissions: inEach('RotateChecker', checker.accountIds ?? []), target: checkerId };
}

/** Its maker, who needs no permission to give up rights; and whoever is allowed to in each account of its scope. */
export async function revocationOfChecker({ checkerId }: NamedChecker, context: GuardContext): Promise<Attempt> {
  const checker = await context.directory.checkers.get(checkerId);
  if (checker === null) return concealed('RevokeChecker', checkerId);
  if (await isMaker(context, checker)) return { kind: 'permitted', permissions: [] };
  const permissions = inEach('RevokeChecker', checker.accountIds ?? []);
  const verdicts = await allOf(permissions.map((permission) => mayDo(context, permission)));
  if (verdicts.length === 0 || verdicts.includes(false)) return concealed('RevokeChecker', checkerId);
  return { kind: 'permitted', permissions, target: checkerId };
}
