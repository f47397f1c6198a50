import { randomUUID } from 'node:crypto';
import type { CheckerRecord } from '../directory/stores/checker-store.ts';
import { noSuchChecker } from '../directory/stores/checkers.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import { makerFor } from './checker-maker.ts';
import { newCheckerToken } from './checker-token.ts';
import { AuthenticationError, ValidationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

const DAY = 86_400_000;
const DEFAULT_DAYS = 90;
const MAX_DAYS = 366;
/** As names of users: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
const NAME = /^[\w+=,.@-]{1,64}$/;
/** Accounts that one checker may be for, if it is not for all. */
export const MAX_CHECKER_ACCOUNTS = 1_000;
const MAX_ACTIONS = 100;
const MAX_PATTERN = 256;
const EVERY_ACTION = '*';

/** AWS has no such operations: the actions are the gateway's own. */
const CREATE = { event: 'CreateChecker', action: 'rolegate:CreateChecker' };
const ROTATE = { event: 'RotateChecker', action: 'rolegate:RotateChecker' };
const REVOKE = { event: 'RevokeChecker', action: 'rolegate:RevokeChecker' };

export interface NewCheckerInput {
  readonly name: string;
  /** The accounts whose principals it may ask about; null: all principals. */
  readonly accountIds: readonly string[] | null;
  /** Patterns as in policies; null: all actions. */
  readonly actions: readonly string[] | null;
  readonly search: boolean;
  /** Milliseconds since 1970; null: in 90 days. */
  readonly expiresAt: number | null;
}

export interface CheckerRotationInput {
  /** Null: the calling checker. */
  readonly checkerId: string | null;
  /** Null: unchanged. */
  readonly expiresAt: number | null;
}

/** A checker with its token, which is shown once. */
export interface IssuedChecker {
  readonly checker: CheckerRecord;
  readonly token: string;
}

/** Throws ValidationError for an end that is not in the future, or is too far in it. */
function checkExpiry(expiresAt: number, now: number): void {
  if (expiresAt <= now) throw new ValidationError('`expiresAt` has to be in the future', 'expiresAt');
  if (expiresAt <= now + MAX_DAYS * DAY) return;
  throw new ValidationError(`\`expiresAt\` is at most ${MAX_DAYS} days from now`, 'expiresAt');
}

function checkAccounts(accountIds: readonly string[] | null): void {
  if (accountIds === null) return;
  const { length } = accountIds;
  if (length > 0 && length <= MAX_CHECKER_ACCOUNTS) return;
  const message = `\`accountIds\` has ${length} entries; a checker is for 1 to ${MAX_CHECKER_ACCOUNTS} accounts, or for all`;
  throw new ValidationError(message, 'accountIds');
}

function checkActions({ namesAction }: SessionTools, actions: readonly string[]): void {
  const { length } = actions;
  if (length === 0 || length > MAX_ACTIONS) {
    const message = `\`actions\` has ${length} entries; give 1 to ${MAX_ACTIONS}, or leave it out for all actions`;
    throw new ValidationError(message, 'actions');
  }
  for (const [index, pattern] of actions.entries()) {
    const field = `actions[${index}]`;
    if (pattern.length > MAX_PATTERN) {
      throw new ValidationError(`\`${field}\` has ${pattern.length} characters; the limit is ${MAX_PATTERN}`, field);
    }
    if (namesAction(pattern)) continue;
    const message = `\`${pattern}\` names no action: expected one as in policies, such as \`s3:GetObject\`, \`s3:Get*\` or \`*\``;
    throw new ValidationError(message, field);
  }
}

/** What the trail keeps of a checker, beside its id. */
function parametersOf({
  name,
  accountIds,
  actions,
  search,
  expiresAt,
}: CheckerRecord): Readonly<Record<string, string>> {
  return {
    name,
    accountIds: accountIds === null ? 'ALL' : accountIds.join(','),
    actions: actions.join(','),
    search: String(search),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/**
 * Makes a checker: a caller that can only ask, with the present rights of the caller that makes it. The guard decides before
 * for which accounts. Throws ValidationError, NoSuchEntity, LimitExceeded, AccessDenied (only users, role sessions and the
 * operator make checkers).
 */
export async function createChecker(tools: SessionTools, call: Call, input: NewCheckerInput): Promise<IssuedChecker> {
  const { now } = call;
  const { token, tokenHash } = newCheckerToken();
  const checker = {
    id: randomUUID(),
    name: input.name,
    tokenHash,
    accountIds: input.accountIds === null ? null : [...new Set(input.accountIds)],
    actions: input.actions ?? [EVERY_ACTION],
    search: input.search,
    createdAt: now,
    rotatedAt: null,
    expiresAt: input.expiresAt ?? now + DEFAULT_DAYS * DAY,
    lastUsedAt: null,
  };
  const attempted = { ...CREATE, target: checker.id };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    if (!NAME.test(checker.name)) {
      throw new ValidationError('`name` has 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -', 'name');
    }
    // As given, and not without repetitions: the guard has looked at no more of them.
    checkAccounts(input.accountIds);
    checkActions(tools, checker.actions);
    checkExpiry(checker.expiresAt, now);
    const { by: maker, madeBy } = await makerFor(tools, call.caller);
    const made = { ...checker, maker };
    const accountIds = checker.accountIds ?? [];
    await tools.directory.checkers.create(
      { ...made, madeBy },
      { ...event, parameters: parametersOf(made), accountIds },
    );
    return { checker: made, token };
  });
}

/**
 * Gives a checker another token, and ends the old one at once. A checker that rotates itself keeps its end: nobody can make
 * a token that was stolen last longer. A user or role that rotates its checker is its maker anew, so that the limits of the
 * session that rotates it count; the operator leaves the maker as it is. The guard decides before whose checkers the caller may
 * rotate. Throws ValidationError, NoSuchEntity; AuthenticationError if the calling checker was rotated meanwhile.
 */
export async function rotateChecker(
  tools: SessionTools,
  call: Call,
  { checkerId, expiresAt }: CheckerRotationInput,
): Promise<IssuedChecker> {
  const { caller, now } = call;
  const own = caller.kind === 'checker' ? caller.checker : null;
  const id = checkerId ?? own?.id ?? null;
  const attempted = id === null ? ROTATE : { ...ROTATE, target: id };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    if (id === null) throw new ValidationError('`checkerId` is needed: only a checker can leave it out', 'checkerId');
    if (expiresAt !== null) {
      if (own !== null) throw new ValidationError('a checker cannot say when it expires', 'expiresAt');
      checkExpiry(expiresAt, now);
    }
    const checker = await tools.directory.checkers.get(id);
    if (checker === null) throw noSuchChecker(id);
    if (expiresAt === null && checker.expiresAt <= now) {
      throw new ValidationError('the checker has expired: give `expiresAt`', 'expiresAt');
    }
    const { token, tokenHash } = newCheckerToken();
    const maker = caller.kind === 'principal' ? await makerFor(tools, caller) : null;
    const replaced = own?.tokenHash ?? null;
    if (replaced !== null && replaced !== checker.tokenHash) throw new AuthenticationError('InvalidClientTokenId');
    const rotated = {
      ...checker,
      tokenHash,
      rotatedAt: now,
      expiresAt: expiresAt ?? checker.expiresAt,
      maker: maker?.by ?? checker.maker,
    };
    const rotation = { id, tokenHash, at: now, expiresAt, replaced, maker };
    const accountIds = checker.accountIds ?? [];
    await tools.directory.checkers.rotate(rotation, { ...event, parameters: parametersOf(rotated), accountIds });
    return { checker: rotated, token };
  });
}

/** Deletes a checker: its token ends at once. The guard decides before whose checkers the caller may revoke. Throws NoSuchEntity. */
export async function revokeChecker(tools: SessionTools, call: Call, checkerId: string): Promise<void> {
  const { directory } = tools;
  return audited(directory.audit, call, { ...REVOKE, target: checkerId }, async (event) => {
    const checker = await directory.checkers.get(checkerId);
    if (checker === null) throw noSuchChecker(checkerId);
    const accountIds = checker.accountIds ?? [];
    await directory.checkers.remove(checkerId, { ...event, parameters: parametersOf(checker), accountIds });
  });
}
