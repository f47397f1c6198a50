import type { CompiledStatement } from '../policy/statement.ts';
import type { Evaluation } from './evaluation.ts';
import { PAIR, PAIRS } from './key-grant.ts';
import { AS_ACCOUNT, AS_ROLE, type Naming, NOT_NAMED } from './match-principal.ts';
import { samePartition } from './situation.ts';

/**
 * How a grant names the caller. It never replaces a boundary or session policies: AWS says that its permissions are used like
 * those of a key policy or an IAM policy, and not that they pass a limit that an IAM policy would not. A grant to an account is
 * for its root user; the others in the account need their own policies, too, as if the key policy named the account.
 */
export function namedByGrant(evaluation: Evaluation, statement: CompiledStatement): Naming {
  const { principal, resource } = evaluation;
  if (!samePartition(principal, resource) || hasOtherPairs(statement, evaluation)) return NOT_NAMED;
  // What the key policy is bound to says nothing about a grant: one to somebody who is gone has the unique id.
  const naming = evaluation.namedUnbound(statement);
  return principal.caller === 'service' || naming < AS_ROLE ? naming : AS_ROLE;
}

/** The grant gives the caller itself permission, in its own account or in another: it needs no Allow of another policy. */
export function isGrantee(naming: Naming): boolean {
  return naming > AS_ACCOUNT;
}

/**
 * The request has a pair that an EncryptionContextEquals constraint does not name. KMS lists the keys of all pairs in
 * kms:EncryptionContextKeys, but a question may give pairs alone.
 */
function hasOtherPairs({ conditions }: CompiledStatement, { request }: Evaluation): boolean {
  const exact = conditions.find(({ key }) => key.name === PAIRS.toLowerCase());
  if (exact === undefined) return false;
  const pair = PAIR.toLowerCase();
  const allowed = new Set(exact.values.map((key) => pair + key.toLowerCase()));
  for (const name of request.context.keys()) if (name.startsWith(pair) && !allowed.has(name)) return true;
  return false;
}
