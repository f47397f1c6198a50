import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import { type PreparedPrincipal, preparePolicies, preparePrincipal } from '../../evaluation/prepare.ts';
import type { Tags } from '../../evaluation/principal.ts';
import { sha256 } from '../apply/change-set.ts';
import type { Known } from '../directory.ts';
import { reachOf } from '../gap-reach.ts';
import { type AccountFacts, controlsOf } from './account-facts.ts';
import { PolicyCollector } from './attached-policies.ts';
import { inAccount } from './build-principals.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import type { AttachedRow, FederatedRow } from './rows.ts';

/** The federated user behind credentials of sts:GetFederationToken. */
interface FederatedSession {
  readonly arn: string;
  readonly tags: Tags;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/**
 * A federated user as it acts: with the policies of the creator of its credentials, limited by its session policies; an
 * empty list allows nothing. Null: the creator is neither a user nor a root user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
export function federatedUser(
  { arn, tags, issuedAt }: FederatedSession,
  { facts, policies }: PreparedPrincipal,
  sessionPolicies: readonly AttachedPolicy[],
): PreparedPrincipal | null {
  if (facts.kind !== 'user' && facts.kind !== 'root') return null;
  const { accountId, partition, organization } = facts;
  const issuer = facts.kind === 'user' ? facts : null;
  return preparePrincipal(
    { kind: 'federatedUser', accountId, partition, organization, arn, name: nameOf(arn), issuer, tags, issuedAt },
    policies,
    sessionPolicies,
  );
}

/** The sessions of one federated user that have not ended, newest first, and its identity without any. */
export interface BuiltFederated {
  /** When they were read: sessions that had expired by then, except the newest, are not in the list. */
  readonly readAt: number;
  readonly sessions: readonly { readonly expiresAt: number; readonly principal: Known<PreparedPrincipal> }[];
  readonly absent: Known<PreparedPrincipal>;
}

/** A federated user without a live session: it has only what resource-based policies grant it. */
function withoutSession(arn: string, account: AccountFacts): Known<PreparedPrincipal> {
  const policies = preparePolicies({ identity: [], boundary: null, ...controlsOf(account) });
  const facts = { ...inAccount(account), arn, name: nameOf(arn), issuer: null, tags: {}, issuedAt: null };
  const gap = `${arn} has no live session: it is taken to have what resource-based policies grant it and nothing else`;
  return {
    value: preparePrincipal({ kind: 'federatedUser', ...facts }, policies, []),
    gaps: [...account.gaps, gap],
    ...reachOf(account),
  };
}

/** `rows`: rows of other federated users are ignored. `makerOf`: the current state of the user or root user that made a session. */
export function buildFederated(
  arn: string,
  rows: readonly FederatedRow[],
  makerOf: (row: FederatedRow) => Entry<Known<PreparedPrincipal>> | null,
  account: AccountFacts,
  policyRows: ReadonlyMap<string, AttachedRow>,
  compiled: CompiledBatch,
  now: number,
): Entry<BuiltFederated> {
  const dependencies = [dependency('KeySession', arn), ...account.dependencies];
  const sessions = rows.flatMap((row) => {
    const maker = row.arn === arn ? makerOf(row) : null;
    if (maker === null) return [];
    const policies = new PolicyCollector(compiled);
    const value = federatedUser(row, maker.value.value, [
      ...row.sessionPolicies.map((text, index) => policies.sessionDocument(sha256(text), index + 1, arn)),
      ...row.sessionPolicyArns.map((each) =>
        policies.restriction('session', policyRows.get(each) ?? [each, each, null], `the session policy of ${arn},`),
      ),
    ]);
    dependencies.push(...maker.dependencies, ...policies.dependencies);
    const gaps = [...maker.value.gaps, ...policies.gaps];
    return value === null
      ? []
      : [{ expiresAt: row.expiresAt, principal: { value, gaps, ...reachOf(maker.value, policies) } }];
  });
  return {
    value: { readAt: now, sessions, absent: withoutSession(arn, account) },
    dependencies,
    bytes: 1_500 * (1 + sessions.length),
  };
}
