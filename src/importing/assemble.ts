import type { DirectoryDocument, ManagedPolicyInput } from '../directory/document.ts';
import { assembleAccounts } from './assemble-accounts.ts';
import { assembleOrganizations } from './assemble-organizations.ts';
import { assembleResources, assembleVpcEndpoints } from './assemble-resources.ts';
import type { Facts } from './facts.ts';
import { concludeKnowledge } from './knowledge.ts';
import { concludeLogPolicies } from './log-policies.ts';
import { refuseAmbiguousNames } from './unique-names.ts';

/** Puts together what the files say. Lists that nothing is said of are left out: what is stored of them stays. */
export function assemble(facts: Facts): DirectoryDocument {
  refuseAmbiguousNames(facts);
  concludeLogPolicies(facts);
  const organizations = assembleOrganizations(facts);
  concludeKnowledge(facts, organizations);
  const lists = {
    organizations,
    accounts: assembleAccounts(facts, organizations),
    policies: assemblePolicies(facts),
    groups: facts.groups.entries().map(([arn, group]) => ({ ...group, arn })),
    users: facts.users.entries().map(([arn, user]) => ({ ...user, arn })),
    roles: assembleRoles(facts),
    instanceProfiles: facts.instanceProfiles.entries().map(([arn, profile]) => ({ ...profile, arn })),
    oidcProviders: assembleOidcProviders(facts),
    resources: assembleResources(facts),
    vpcEndpoints: assembleVpcEndpoints(facts),
  };
  const all = { ...lists, knowledge: facts.knowledge(), wholeLists: facts.wholeLists() };
  // Only filled lists are taken, so that the type is that of the document.
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0)) as DirectoryDocument;
}

/** A role without a trust policy cannot be stored: there is none. */
function assembleRoles(facts: Facts) {
  return facts.roles.entries().flatMap(([arn, { trustPolicy, ...role }]) => {
    if (trustPolicy !== undefined) return [{ ...role, arn, trustPolicy }];
    facts.note(
      { file: facts.roles.firstPlace(arn).file, place: `role ${arn}` },
      'no file holds its trust policy; the role is left out',
    );
    return [];
  });
}

function assembleOidcProviders(facts: Facts) {
  return facts.oidcProviders.entries().flatMap(([arn, { url, clientIds, ...provider }]) => {
    if (url !== undefined && clientIds !== undefined) return [{ ...provider, arn, url, clientIds }];
    facts.note(
      { file: facts.oidcProviders.firstPlace(arn).file, place: `OIDC provider ${arn}` },
      'its URL and client ids are missing (iam get-open-id-connect-provider); it is left out',
    );
    return [];
  });
}

function assemblePolicies(facts: Facts): readonly ManagedPolicyInput[] {
  const versions = new Map<string, { versionId: string; document: string; createdAt?: string }[]>();
  for (const [key, { document, createdAt }] of facts.policyVersions.entries()) {
    const [arn = '', versionId = ''] = splitKey(key);
    if (document === undefined) continue;
    const list = versions.get(arn) ?? [];
    versions.set(arn, list);
    list.push({ versionId, document, ...(createdAt !== undefined && { createdAt }) });
  }
  return facts.policies.entries().flatMap(([arn, { defaultVersionId, ...policy }]) => {
    const known = versions.get(arn) ?? [];
    if (defaultVersionId !== undefined && known.some(({ versionId }) => versionId === defaultVersionId)) {
      return [{ ...policy, arn, defaultVersionId, versions: known }];
    }
    facts.note(
      { file: facts.policies.firstPlace(arn).file, place: `policy ${arn}` },
      'the document of its default version is missing; the policy is left out',
    );
    return [];
  });
}

/** Names of versions have no space; ARNs of policies have none either. */
function splitKey(key: string): readonly string[] {
  const space = key.lastIndexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}
