import type { Catalog } from '../../catalog/catalog.ts';
import { parseArn } from '../../policy/arn.ts';
import { isAccountId, type PrincipalRef } from '../../policy/principal-id.ts';
import type { GatherRequest } from '../directory.ts';
import type { EntityNames } from './rows.ts';

/** One entity to look up, by its key in memory. */
export type Wanted =
  | { readonly kind: 'user'; readonly arn: string }
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'sessions'; readonly arn: string }
  | { readonly kind: 'federated'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'root'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'account'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'policy'; readonly arn: string }
  /** `arn`: its id, as nothing else is known of it. */
  | { readonly kind: 'endpoint'; readonly arn: string }
  | { readonly kind: 'resource'; readonly arn: string; readonly accountId: string | null };

export function keyOf(wanted: Wanted): string {
  return wanted.kind === 'resource' ? resourceKey(wanted.arn, wanted.accountId) : `${wanted.kind} ${wanted.arn}`;
}

export function resourceKey(arn: string, accountId: string | null): string {
  return `resource ${accountId ?? ''} ${arn}`;
}

/** Null: nothing is stored about a principal of this kind. */
export function wantedPrincipal(ref: PrincipalRef): Wanted | null {
  switch (ref.kind) {
    case 'user':
    case 'role':
      return { kind: ref.kind, arn: ref.arn };
    case 'roleSession':
      return { kind: 'sessions', arn: ref.arn };
    case 'root':
      return { kind: 'root', arn: ref.arn, accountId: ref.accountId };
    case 'federatedUser':
      return { kind: 'federated', arn: ref.arn, accountId: ref.accountId };
    case 'service':
    case 'anonymous':
      break;
  }
  return null;
}

/** Whether a resource is a role, which has a trust policy. */
export function isRoleArn(arn: string): boolean {
  const parsed = arn.includes(':iam:') ? parseArn(arn) : null;
  return parsed?.service === 'iam' && parsed.resource.startsWith('role/') && isAccountId(parsed.accountId);
}

/** A request without duplicates, by key. */
export function collectWanted(request: GatherRequest): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  const add = (one: Wanted): void => {
    wanted.set(keyOf(one), one);
  };
  for (const ref of request.principals) {
    const one = wantedPrincipal(ref);
    if (one !== null) add(one);
  }
  for (const arn of request.roles) add({ kind: 'role', arn });
  for (const arn of request.policies ?? []) add({ kind: 'policy', arn });
  for (const arn of request.endpoints ?? []) add({ kind: 'endpoint', arn });
  for (const accountId of request.accounts ?? []) add({ kind: 'account', arn: accountId, accountId });
  for (const { arn, accountId } of request.resources) {
    add({ kind: 'resource', arn, accountId });
    if (isRoleArn(arn)) add({ kind: 'role', arn });
  }
  return wanted;
}

/** The names to ask the database for. */
export function namesOf(wanted: Iterable<Wanted>, catalog: Catalog): EntityNames {
  const names = {
    users: new Set<string>(),
    roles: new Set<string>(),
    sessions: new Set<string>(),
    resources: new Set<string>(),
    policies: new Set<string>(),
    federated: new Set<string>(),
    endpoints: new Set<string>(),
  };
  for (const one of wanted) {
    if (one.kind === 'user') names.users.add(one.arn);
    else if (one.kind === 'role') names.roles.add(one.arn);
    else if (one.kind === 'sessions') names.sessions.add(one.arn);
    else if (one.kind === 'federated') names.federated.add(one.arn);
    else if (one.kind === 'policy') names.policies.add(one.arn);
    else if (one.kind === 'endpoint') names.endpoints.add(one.arn);
    else if (one.kind === 'resource') {
      if (isRoleArn(one.arn)) names.roles.add(one.arn);
      else if (one.arn !== '*') {
        names.resources.add(one.arn);
        for (const holder of catalog.policyHolders(one.arn)) names.resources.add(holder);
      }
    }
  }
  return {
    users: [...names.users],
    roles: [...names.roles],
    sessions: [...names.sessions],
    resources: [...names.resources],
    policies: [...names.policies],
    federated: [...names.federated],
    endpoints: [...names.endpoints],
  };
}
