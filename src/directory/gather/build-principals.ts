import {
  type PreparedPrincipal,
  type PreparedRole,
  preparePolicies,
  preparePrincipal,
  prepareResource,
  roleSession,
} from '../../evaluation/prepare.ts';
import type { RoleFacts, UserFacts } from '../../evaluation/principal.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { sha256 } from '../apply/change-set.ts';
import type { Known } from '../directory.ts';
import { reachOf } from '../gap-reach.ts';
import type { RoleSessionRecord } from '../stores/session-store.ts';
import { type AccountFacts, controlsOf } from './account-facts.ts';
import { PolicyCollector } from './attached-policies.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import type { AttachedRow, HolderRow, RoleRow, UserRow } from './rows.ts';

/** Estimated bytes of an entry beside its compiled policies, which are shared. */
const BASE_BYTES = 1_500;
const POLICY_BYTES = 100;

export function inAccount(account: AccountFacts) {
  return { accountId: account.id, partition: account.partition ?? 'aws', organization: account.organization };
}

/** What is not known above every user and role of an account, and what of its policies. */
export function gapsIn({ gaps, knowledge }: AccountFacts): readonly string[] {
  return [...gaps, ...knowledge.partly('IDENTITY_POLICIES', 'PERMISSIONS_BOUNDARIES')];
}

export function buildUser(
  row: UserRow,
  groups: ReadonlyMap<string, HolderRow>,
  account: AccountFacts,
  compiled: CompiledBatch,
): Entry<Known<PreparedPrincipal>> {
  const policies = new PolicyCollector(compiled);
  const own = policies.identity(row);
  const throughGroups = row.groups.flatMap((id) => {
    const group = groups.get(id);
    if (group === undefined) return [];
    policies.dependencies.push(dependency('Group', group.arn));
    return policies.identity(group);
  });
  const identity = [...own, ...throughGroups];
  const boundary =
    row.boundary && policies.restriction('boundary', row.boundary, `the permissions boundary of ${row.arn},`);
  const { id, arn, name, tags } = row;
  const facts: UserFacts = { kind: 'user', ...inAccount(account), arn, id, name, tags };
  const prepared = preparePolicies({ identity, boundary, ...controlsOf(account) });
  return {
    value: {
      value: preparePrincipal(facts, prepared, null),
      gaps: [...gapsIn(account), ...policies.gaps],
      ...reachOf(account, policies),
    },
    dependencies: [dependency('User', arn), ...policies.dependencies, ...account.dependencies],
    bytes: BASE_BYTES + identity.length * POLICY_BYTES,
  };
}

/** A role in its two forms: as a target to assume, and as a principal that makes requests. */
export interface BuiltRole {
  readonly role: Known<PreparedRole>;
  /** A session of which only the role is known. */
  readonly principal: Known<PreparedPrincipal>;
}

export function buildRole(row: RoleRow, account: AccountFacts, compiled: CompiledBatch): Entry<BuiltRole> {
  const policies = new PolicyCollector(compiled);
  const identity = policies.identity(row);
  const boundary =
    row.boundary && policies.restriction('boundary', row.boundary, `the permissions boundary of ${row.arn},`);
  const { id, arn, name, path, tags } = row;
  const where = inAccount(account);
  const facts: RoleFacts = { ...where, arn, id, name, path, tags };
  // A trust policy that cannot be read lets nobody in; it does not concern requests made as the role. No role is stored without one:
  // what is missing of the layer are other roles.
  const trustPolicies = new PolicyCollector(compiled);
  const trust = prepareResource({
    arn,
    accountId: account.id,
    organization: account.organization,
    tags,
    policy: trustPolicies.ofResource('trust', row.trustPolicyHash, arn),
    policyBindings: row.trustBindings,
    resourceControl: account.resourceControl,
    boundary: row.boundary?.[0] ?? null,
  });
  const prepared: PreparedRole = {
    facts,
    policies: preparePolicies({ identity, boundary, ...controlsOf(account) }),
    trust,
    maxSessionDuration: row.maxSessionDuration,
  };
  const gaps = [...gapsIn(account), ...policies.gaps];
  const unnamed = { sessionName: null, tags: {}, sourceIdentity: null, issuedAt: null, sessionPolicies: null };
  return {
    value: {
      role: { value: prepared, gaps: [...gaps, ...trustPolicies.gaps], ...reachOf(account, policies, trustPolicies) },
      principal: { value: roleSession(prepared, unnamed), gaps, ...reachOf(account, policies) },
    },
    dependencies: [dependency('Role', arn), ...policies.dependencies, ...account.dependencies],
    bytes: 2 * BASE_BYTES + identity.length * POLICY_BYTES,
  };
}

/** A session that has not ended, and its principal. */
export interface BuiltSession {
  readonly record: RoleSessionRecord;
  readonly principal: Known<PreparedPrincipal>;
}

/** The sessions of one ARN that have not ended, newest first. True for any later instant: those that expire stay in the list. */
export interface BuiltSessions {
  /** When they were read: sessions that had expired by then, except the newest, are not in the list. */
  readonly readAt: number;
  readonly sessions: readonly BuiltSession[];
  /** Who it is while none of them is live; null: there is no such role. */
  readonly absent: Known<PreparedPrincipal> | null;
}

/** A session that could be: nobody is known to have made it, so nothing was passed with it. */
export function sessionWithoutRecord(arn: string, { role, principal }: BuiltRole): Known<PreparedPrincipal> {
  const sessionName = arn.slice(arn.lastIndexOf('/') + 1);
  const value = roleSession(role.value, {
    sessionName,
    tags: {},
    sourceIdentity: null,
    issuedAt: null,
    sessionPolicies: null,
  });
  const gap = `${arn} has no live session: it is taken to be one of ${role.value.facts.arn} without session policies and tags`;
  return { value, gaps: [...principal.gaps, gap], ...reachOf(principal) };
}

export function buildSession(
  row: RoleSessionRecord,
  role: Entry<BuiltRole>,
  policyRows: ReadonlyMap<string, AttachedRow>,
  compiled: CompiledBatch,
): { readonly session: BuiltSession; readonly dependencies: readonly string[] } {
  const policies = new PolicyCollector(compiled);
  const { role: known } = role.value;
  const given = row.sessionPolicies.map((text, index) => policies.sessionDocument(sha256(text), index + 1, row.arn));
  const managed = row.sessionPolicyArns.map((arn) =>
    policies.restriction('session', policyRows.get(arn) ?? [arn, arn, null], `the session policy of ${row.arn},`),
  );
  const sessionPolicies = given.length + managed.length === 0 ? null : [...given, ...managed];
  const value = roleSession(known.value, {
    sessionName: row.roleSessionName,
    tags: row.tags,
    sourceIdentity: row.sourceIdentity,
    issuedAt: row.issuedAt,
    federatedProvider: row.federatedProvider,
    sessionPolicies,
  });
  const gaps = [...role.value.principal.gaps, ...policies.gaps];
  return {
    session: { record: row, principal: { value, gaps, ...reachOf(role.value.principal, policies) } },
    dependencies: [...role.dependencies, ...policies.dependencies],
  };
}

export function buildRoot(
  { arn, accountId }: { readonly arn: string; readonly accountId: string },
  account: AccountFacts,
): Entry<Known<PreparedPrincipal>> {
  const partition = account.partition ?? arn.split(':', 2)[1] ?? 'aws';
  const facts = { kind: 'root' as const, ...inAccount(account), accountId, partition, arn };
  const policies = preparePolicies({ identity: [], boundary: null, ...controlsOf(account) });
  return {
    value: { value: preparePrincipal(facts, policies, null), gaps: account.gaps, ...reachOf(account) },
    dependencies: account.dependencies,
    bytes: BASE_BYTES,
  };
}

/** A principal that needs no look-up; null for all others. */
export function unstoredPrincipal(ref: PrincipalRef): Known<PreparedPrincipal> | null {
  if (ref.kind === 'service') {
    return { value: preparePrincipal({ kind: 'service', service: ref.service }, null, null), gaps: [] };
  }
  return ref.kind === 'anonymous' ? { value: preparePrincipal({ kind: 'anonymous' }, null, null), gaps: [] } : null;
}
