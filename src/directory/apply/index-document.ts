import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { partitionOf } from '../../policy/regions.ts';
import type {
  DirectoryDocument,
  GroupInput,
  InstanceProfileInput,
  ManagedPolicyInput,
  OidcProviderInput,
  ResourceInput,
  RoleInput,
  UserInput,
  VpcEndpointInput,
} from '../document.ts';
import { entityName } from './entity-arn.ts';
import type { NamedAccount } from './plan-account.ts';
import { providerName } from './plan-oidc-provider.ts';

/** A document indexed by the names of its entities and their accounts. Of several entries with one name, the last counts. */
export interface IndexedDocument {
  readonly users: ReadonlyMap<string, UserInput>;
  readonly groups: ReadonlyMap<string, GroupInput>;
  readonly roles: ReadonlyMap<string, RoleInput>;
  readonly policies: ReadonlyMap<string, ManagedPolicyInput>;
  readonly instanceProfiles: ReadonlyMap<string, InstanceProfileInput>;
  readonly oidcProviders: ReadonlyMap<string, OidcProviderInput>;
  readonly resources: ReadonlyMap<string, ResourceInput>;
  readonly vpcEndpoints: ReadonlyMap<string, VpcEndpointInput>;
  /** Every account that the document names, or that owns something in it, in order of appearance. */
  readonly accounts: ReadonlyMap<string, NamedAccount>;
  /** Policies that are attached or used as boundaries, each with its first holder. */
  readonly policyReferences: ReadonlyMap<string, string>;
}

function byArn<T extends { readonly arn: string }>(inputs: readonly T[] | undefined): ReadonlyMap<string, T> {
  return new Map((inputs ?? []).map((input) => [input.arn, input]));
}

export function indexDocument(document: DirectoryDocument): IndexedDocument {
  const users = byArn(document.users);
  const groups = byArn(document.groups);
  const roles = byArn(document.roles);
  const policies = byArn(document.policies);
  const instanceProfiles = byArn(document.instanceProfiles);
  const oidcProviders = byArn(document.oidcProviders);
  const resources = byArn(document.resources);
  const vpcEndpoints = new Map((document.vpcEndpoints ?? []).map((input) => [input.id, input]));

  const accounts = new Map<string, NamedAccount>();
  for (const input of document.accounts ?? []) {
    if (!isAccountId(input.id)) throw new InvalidInput('document', `account \`${input.id}\` has not twelve digits`);
    accounts.set(input.id, { id: input.id, partition: input.partition ?? 'aws', input });
  }
  const belongsTo = (accountId: string | null, partition: string): void => {
    if (accountId !== null && !accounts.has(accountId)) {
      accounts.set(accountId, { id: accountId, partition, input: null });
    }
  };
  for (const { id, delegatedAdministrators = [] } of document.organizations ?? []) {
    for (const { accountId } of delegatedAdministrators) {
      if (!isAccountId(accountId)) {
        throw new InvalidInput('document', `organization ${id}: account \`${accountId}\` has not twelve digits`);
      }
      belongsTo(accountId, 'aws');
    }
  }
  const kinds = [
    ['User', users],
    ['Group', groups],
    ['Role', roles],
    ['ManagedPolicy', policies],
    ['InstanceProfile', instanceProfiles],
  ] as const;
  for (const [kind, inputs] of kinds) {
    for (const arn of inputs.keys()) {
      const name = entityName(kind, arn);
      belongsTo(name.accountId, name.partition);
    }
  }
  for (const { arn, accountId } of resources.values()) belongsTo(accountId, parseArn(arn)?.partition ?? 'aws');
  for (const arn of oidcProviders.keys()) {
    const { accountId, partition } = providerName(arn);
    belongsTo(accountId, partition);
  }
  for (const { id, accountId, region } of vpcEndpoints.values()) {
    if (!isAccountId(accountId)) {
      throw new InvalidInput('document', `VPC endpoint ${id}: its account \`${accountId}\` has not twelve digits`);
    }
    belongsTo(accountId, partitionOf(region));
  }
  for (const { accountId, layer } of document.knowledge ?? []) {
    if (!isAccountId(accountId)) {
      throw new InvalidInput('document', `knowledge of ${layer}: account \`${accountId}\` has not twelve digits`);
    }
    belongsTo(accountId, 'aws');
  }

  const policyReferences = new Map<string, string>();
  for (const [noun, holders] of [
    ['group', groups],
    ['user', users],
    ['role', roles],
  ] as const) {
    // Groups have no boundary.
    for (const holder of holders.values() as Iterable<GroupInput & Pick<UserInput, 'permissionsBoundary'>>) {
      const boundary = holder.permissionsBoundary ?? null;
      const references = [...(holder.attachedPolicies ?? []), ...(boundary === null ? [] : [boundary])];
      for (const arn of references) {
        if (!policyReferences.has(arn)) policyReferences.set(arn, `${noun} ${holder.arn}`);
      }
    }
  }
  for (const arn of policyReferences.keys()) {
    const name = entityName('ManagedPolicy', arn);
    belongsTo(name.accountId, name.partition);
  }
  return {
    users,
    groups,
    roles,
    policies,
    instanceProfiles,
    oidcProviders,
    resources,
    vpcEndpoints,
    accounts,
    policyReferences,
  };
}
