import type { Gathered, Known } from '../directory/directory.ts';
import { reachOf } from '../directory/gap-reach.ts';
import { federatedUser } from '../directory/gather/build-federated.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { Decision } from '../evaluation/decision.ts';
import { type PreparedPrincipal, withToken } from '../evaluation/prepare.ts';
import { printedArn } from '../evaluation/principal-values.ts';
import type { ActionFacts, ContextValue, RequestContext } from '../evaluation/request.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { refusal } from './refusal.ts';
import { allowsNothing, managedSessionPolicies, storedSessionPolicies } from './session-policies.ts';

/** The maker of a key session. */
export function makerOf({ principal }: KeySessionRecord): PrincipalRef {
  const ref = parsePrincipalRef(principal);
  if (ref === null) throw new Error(`the directory holds an invalid principal: ${principal}`);
  return ref;
}

/**
 * The principal as which a key session acts: its maker, with the time when its credentials were issued; a federated user is
 * limited by its session policies. Null: its maker no longer exists.
 */
export function keySessionPrincipal(record: KeySessionRecord, gathered: Gathered): Known<PreparedPrincipal> | null {
  const maker = gathered.principal(makerOf(record));
  if (maker === null) return null;
  const { facts } = maker.value;
  // A user that was deleted and created again is a different user.
  if (facts.kind === 'user' && facts.id !== record.userId) return null;
  if (record.federatedArn === null)
    return { value: withToken(maker.value, record.issuedAt), gaps: maker.gaps, ...reachOf(maker) };
  return heldFederated(record, record.federatedArn, maker, gathered);
}

function heldFederated(
  record: KeySessionRecord,
  arn: string,
  maker: Known<PreparedPrincipal>,
  gathered: Gathered,
): Known<PreparedPrincipal> | null {
  const managed = managedSessionPolicies(record.sessionPolicyArns, gathered);
  const inline = storedSessionPolicies(record.sessionPolicies);
  const value = federatedUser({ arn, tags: record.tags, issuedAt: record.issuedAt }, maker.value, [
    ...inline.policies,
    ...managed.found,
    // INVARIANT: a limit that is no longer known allows nothing. Left out, it would be no limit.
    ...managed.missing.map(allowsNothing),
  ]);
  const gaps = managed.missing.map((missing) => `the session policy ${missing} is no longer known`);
  const unread = { reach: new Map([...inline.gaps, ...gaps].map((gap) => [gap, 'UNREAD'] as const)) };
  return value === null ? null : { value, gaps: [...maker.gaps, ...inline.gaps, ...gaps], ...reachOf(maker, unread) };
}

/**
 * Adds the condition keys that say whether the user authenticated with MFA: for credentials of sts:GetSessionToken and for
 * browsers. Long-term keys, federated users and services do not have them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
export function withMfaKeys(context: RequestContext, record: KeySessionRecord, now: number): RequestContext {
  if (record.federatedArn !== null || makerOf(record).kind === 'service') return context;
  const keys = new Map<string, ContextValue>(context);
  const { mfaAuthenticatedAt } = record;
  keys.set('aws:multifactorauthpresent', String(mfaAuthenticatedAt !== null));
  if (mfaAuthenticatedAt === null) keys.delete('aws:multifactorauthage');
  else keys.set('aws:multifactorauthage', String(mfaAge(mfaAuthenticatedAt, now)));
  return keys;
}

/** The value of aws:MultiFactorAuthAge: whole seconds. */
export function mfaAge(mfaAuthenticatedAt: number, now: number): number {
  return Math.max(0, Math.floor((now - mfaAuthenticatedAt) / 1000));
}

/**
 * The STS actions that credentials of sts:GetSessionToken may call; the last two are permissions used with
 * sts:AssumeRole.
 */
const WITH_SESSION_TOKEN = new Set([
  'sts:assumerole',
  'sts:getcalleridentity',
  'sts:tagsession',
  'sts:setsourceidentity',
]);

/** Why a federated user can call no operation of STS but one. */
export const NOTHING_OF_STS = 'credentials of sts:GetFederationToken can call nothing of STS but GetCallerIdentity';

/**
 * The denial of actions that temporary credentials may not call, whatever policies say; null: they may. `record`: the
 * credentials in use; null: not known, but a federated user always has credentials of sts:GetFederationToken.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
export function barredFromKeySession(
  record: KeySessionRecord | null,
  principal: PreparedPrincipal,
  action: ActionFacts,
  resource: string,
): Decision | null {
  const why = barrier(record, principal, action);
  if (why === null) return null;
  const who = printedArn(principal.facts);
  return refusal(
    null,
    `User: ${who} is not authorized to perform: ${action.name} on resource: ${resource} because ${why}`,
  );
}

function barrier(
  record: KeySessionRecord | null,
  { facts }: PreparedPrincipal,
  { service, name }: ActionFacts,
): string | null {
  if (record?.kind !== 'SESSION_TOKEN' && facts.kind !== 'federatedUser') return null;
  const action = name.toLowerCase();
  if (record?.kind === 'SESSION_TOKEN') {
    if (service === 'iam' && record.mfaAuthenticatedAt === null) {
      return 'credentials of sts:GetSessionToken that were made without MFA cannot call IAM';
    }
    if (service !== 'sts' || WITH_SESSION_TOKEN.has(action)) return null;
    return 'credentials of sts:GetSessionToken can call nothing of STS but AssumeRole and GetCallerIdentity';
  }
  if (facts.kind !== 'federatedUser') return null;
  if (service === 'iam') return 'credentials of sts:GetFederationToken cannot call IAM';
  if (service !== 'sts' || action === 'sts:getcalleridentity') return null;
  return NOTHING_OF_STS;
}
