import { setImmediate } from 'node:timers/promises';
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
  OrganizationInput,
  ResourceInput,
  RoleInput,
  UserInput,
  VpcEndpointInput,
} from '../document.ts';
import { isStorable } from '../storable.ts';
import { inTurn } from './batches.ts';
import { entityName } from './entity-arn.ts';
import { ManyTexts } from './many-texts.ts';
import type { NamedAccount } from './plan-account.ts';
import { providerName } from './plan-oidc-provider.ts';
import { UNSTORABLE, uniqueOfMany } from './unique.ts';
import { nameCheck } from './unique-names.ts';
import { checkWholeLists } from './whole-lists.ts';

/** A document indexed by the names of its entities and their accounts. */
export interface IndexedDocument {
  readonly organizations: ReadonlyMap<string, OrganizationInput>;
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

function byArn<T extends { readonly arn: string }>(noun: string, inputs: readonly T[] | undefined) {
  return uniqueOfMany(
    inputs,
    ({ arn }) => arn,
    ({ arn }) => `${noun} ${arn}`,
  );
}

function byId<T extends { readonly id: string }>(noun: string, inputs: readonly T[] | undefined) {
  return uniqueOfMany(
    inputs,
    ({ id }) => id,
    ({ id }) => `${noun} ${id}`,
  );
}

/**
 * Throws InvalidInput that names the entity: two that contradict each other, names that are none. Between its parts others can
 * use the process.
 */
export async function indexDocument(document: DirectoryDocument): Promise<IndexedDocument> {
  checkWholeLists(document.wholeLists ?? []);
  const organizations = await byId('organization', document.organizations);
  const users = await byArn('user', document.users);
  const groups = await byArn('group', document.groups);
  const roles = await byArn('role', document.roles);
  const policies = await byArn('policy', document.policies);
  const instanceProfiles = await byArn('instance profile', document.instanceProfiles);
  const oidcProviders = await byArn('OpenID Connect provider', document.oidcProviders);
  const resources = await byArn('resource', document.resources);
  const vpcEndpoints = await byId('VPC endpoint', document.vpcEndpoints);

  await setImmediate();
  const policyReferences = await referencesOf({ groups, users, roles });
  await setImmediate();
  const inputs = { users, groups, roles, policies, instanceProfiles, oidcProviders, resources, vpcEndpoints };
  const accounts = await accountsOf(document, { ...inputs, policyReferences });
  return { organizations, ...inputs, accounts, policyReferences };
}

/** Every account of the document. Throws InvalidInput for names that are none. */
async function accountsOf(
  document: DirectoryDocument,
  indexed: Omit<IndexedDocument, 'organizations' | 'accounts'>,
): Promise<ReadonlyMap<string, NamedAccount>> {
  const accounts = new Map<string, NamedAccount>();
  for (const input of (await byId('account', document.accounts)).values()) {
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
  await forNames(indexed, belongsTo);
  await inTurn(indexed.resources.values(), ({ arn, accountId }) =>
    belongsTo(accountId, parseArn(arn)?.partition ?? 'aws'),
  );
  for (const arn of indexed.oidcProviders.keys()) {
    const { accountId, partition } = providerName(arn);
    belongsTo(accountId, partition);
  }
  for (const { id, accountId, region } of indexed.vpcEndpoints.values()) {
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
  for (const arn of indexed.policyReferences.keys()) {
    const name = entityName('ManagedPolicy', arn);
    belongsTo(name.accountId, name.partition);
  }
  return accounts;
}

/** Throws InvalidInput for names of IAM's entities that are none. */
async function forNames(
  indexed: Pick<IndexedDocument, 'users' | 'groups' | 'roles' | 'policies' | 'instanceProfiles'>,
  belongsTo: (accountId: string | null, partition: string) => void,
): Promise<void> {
  const kinds = [
    ['User', indexed.users],
    ['Group', indexed.groups],
    ['Role', indexed.roles],
    ['ManagedPolicy', indexed.policies],
    ['InstanceProfile', indexed.instanceProfiles],
  ] as const;
  for (const [kind, inputs] of kinds) {
    const check = nameCheck(kind);
    await inTurn(inputs.keys(), (arn) => {
      const name = entityName(kind, arn);
      check(name);
      belongsTo(name.accountId, name.partition);
    });
    await setImmediate();
  }
}

/** Policies that are attached or used as boundaries, each with its first holder. */
async function referencesOf({
  groups,
  users,
  roles,
}: Pick<IndexedDocument, 'groups' | 'users' | 'roles'>): Promise<ReadonlyMap<string, string>> {
  const policyReferences = new ManyTexts<string>();
  for (const [noun, holders] of [
    ['group', groups],
    ['user', users],
    ['role', roles],
  ] as const) {
    // Groups have no boundary.
    const all = holders.values() as Iterable<GroupInput & Pick<UserInput, 'permissionsBoundary'>>; // as: their inputs
    await inTurn(all, (holder) => {
      const boundary = holder.permissionsBoundary ?? null;
      const references = [...(holder.attachedPolicies ?? []), ...(boundary === null ? [] : [boundary])];
      for (const arn of references) {
        if (!policyReferences.has(arn)) policyReferences.set(arn, `${noun} ${holder.arn}`);
      }
    });
  }
  await inTurn(policyReferences, ([arn, holder]) => {
    if (!isStorable(arn)) throw new InvalidInput('document', `${holder}: the ARN of an attached policy: ${UNSTORABLE}`);
  });
  return policyReferences;
}
