import type { ChangeInputs, ChangeName } from '../../../src/directory/entities/changes.ts';
import { A, roleArn as roleArnOf, userArn as userArnOf } from '../../support/policies.ts';
import {
  type Asked,
  DOCUMENTS,
  FIRST_TRUST,
  GROUPS,
  groupPolicies,
  held,
  joined,
  POLICIES,
  READ_ONLY,
  ROLES,
  type Says,
  TRUSTS,
  USERS,
} from './world.ts';

/** What the directory is expected to answer to a change that it does not make. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

interface Holder {
  readonly kind: 'User' | 'Group' | 'Role';
  /** Another one for each entity that has had its name. */
  readonly life: number;
  readonly inline: Map<string, string>;
  readonly attached: Set<string>;
  readonly groups: Set<string>;
  readonly tags: Map<string, string>;
  boundary: string | null;
  /** Of a role: the text, and whom it names, by the life that each had when it was written. */
  trust: { readonly text: string; readonly names: ReadonlyMap<string, number>; bound: boolean };
}

/** What a change touches and reads, as `Kind name`. */
export interface Effect {
  readonly touches: readonly string[];
  readonly reads: readonly string[];
}

const LIMITS = {
  User: { inline: 2048, attached: 20 },
  Group: { inline: 5120, attached: 10 },
  Role: { inline: 10_240, attached: 25 },
} as const;
const GROUPS_PER_USER = 10;
const VERSIONS_PER_POLICY = 5;
const ACCOUNT = `Account ${A}`;

/** A managed policy of the account. */
interface Versions {
  readonly versions: Map<string, Says>;
  defaultVersion: string;
  newest: number;
}

/** The directory as simply as it can be said. */
export class Model {
  holders = new Map<string, Holder>();
  policies = new Map<string, Versions>();
  /** Policies of AWS that are stored. */
  stored = new Set<string>();
  /** When each was last touched, by revisions. */
  touchedAt = new Map<string, bigint>();
  revisions: bigint[] = [];
  lives = 0;

  static first(): Model {
    const model = new Model();
    for (const arn of [...USERS, ...GROUPS.keys(), ...ROLES]) model.create(arn);
    for (const [arn, says] of POLICIES) {
      if (arn !== READ_ONLY)
        model.policies.set(arn, { versions: new Map([['v1', says]]), defaultVersion: 'v1', newest: 1 });
    }
    for (const [arn, document] of groupPolicies()) model.holder(arn).inline.set('p', document);
    for (const [arn, holder] of model.holders) {
      for (const each of held(arn)) holder.attached.add(each);
      for (const each of joined(arn)) holder.groups.add(each);
    }
    return model;
  }

  /** The same, to be changed without changing this. */
  copy(): Model {
    const copy = new Model();
    for (const [arn, holder] of this.holders) {
      copy.holders.set(arn, {
        ...holder,
        inline: new Map(holder.inline),
        attached: new Set(holder.attached),
        groups: new Set(holder.groups),
        tags: new Map(holder.tags),
        trust: { ...holder.trust },
      });
    }
    for (const [arn, policy] of this.policies) {
      copy.policies.set(arn, { ...policy, versions: new Map(policy.versions) });
    }
    copy.stored = new Set(this.stored);
    copy.touchedAt = new Map(this.touchedAt);
    copy.revisions = [...this.revisions];
    copy.lives = this.lives;
    return copy;
  }

  become(other: Model): void {
    Object.assign(this, other);
  }

  create(arn: string): void {
    this.lives += 1;
    this.holders.set(arn, {
      kind: arn.includes(':user/') ? 'User' : arn.includes(':group/') ? 'Group' : 'Role',
      life: this.lives,
      inline: new Map(),
      attached: new Set(),
      groups: new Set(),
      tags: new Map(),
      boundary: null,
      trust: { text: FIRST_TRUST, names: new Map(), bound: false },
    });
  }

  holder(arn: string): Holder {
    const holder = this.holders.get(arn);
    if (holder === undefined) throw new Refused('NoSuchEntity');
    return holder;
  }

  /** What the version of a managed policy that counts says. */
  says(arn: string): Says {
    const policy = this.policies.get(arn);
    return (policy === undefined ? POLICIES.get(arn) : policy.versions.get(policy.defaultVersion)) ?? {};
  }

  /** Whether a principal may do something on a resource that has no policy of its own. */
  allows(arn: string, action: Asked): boolean {
    const holder = this.holder(arn);
    const says = [holder, ...[...holder.groups].map((group) => this.holder(group))].flatMap(({ inline, attached }) => [
      ...[...inline.values()].map((document) => DOCUMENTS.get(document) ?? {}),
      ...[...attached].map((policy) => this.says(policy)),
    ]);
    const allowedBy = (some: readonly Says[]) =>
      some.some(({ allows = [] }) => allows.includes(action)) &&
      !some.some(({ denies = [] }) => denies.includes(action));
    return allowedBy(says) && (holder.boundary === null || allowedBy([this.says(holder.boundary)]));
  }

  /** Whether a principal, as it is now, may assume a role: no identity policy of this world lets anybody. */
  mayAssume(arn: string, role: string): boolean {
    const { life, boundary } = this.holder(arn);
    // A boundary must let it, also where a trust policy names a user: no boundary of this world does.
    return boundary === null && this.holder(role).trust.names.get(arn) === life;
  }
}

type Modelled<Name extends ChangeName> = (model: Model, input: ChangeInputs[Name]) => Effect;

const nameOf = (model: Model, arn: string) => `${model.holder(arn).kind} ${arn}`;
const policyName = (arn: string) => `ManagedPolicy ${arn}`;

/** Of a change that touches its holder if something is different. */
function effect(model: Model, arn: string, changed: boolean, reads: readonly string[] = []): Effect {
  const own = nameOf(model, arn);
  return { touches: changed ? [own] : [], reads: [own, ...reads] };
}

const sizeOf = (document: string) => JSON.stringify(JSON.parse(document)).length;

function put(model: Model, arn: string, name: string, document: string): Effect {
  const { inline, kind } = model.holder(arn);
  const others = [...inline].filter(([other]) => other !== name).map(([, text]) => text);
  const size = [...others, document].reduce((sum, text) => sum + sizeOf(text), 0);
  if (size > LIMITS[kind].inline) throw new Refused('LimitExceeded');
  const changed = inline.get(name) !== document;
  inline.set(name, document);
  return effect(model, arn, changed);
}

function remove(model: Model, arn: string, name: string): Effect {
  if (!model.holder(arn).inline.delete(name)) throw new Refused('NoSuchEntity');
  return effect(model, arn, true);
}

/** A policy of AWS is stored, and so touched, when it is first used. */
function use(model: Model, policy: string): readonly string[] {
  if (!POLICIES.has(policy)) throw new Refused('NoSuchEntity');
  if (policy !== READ_ONLY || model.stored.has(policy)) return [];
  model.stored.add(policy);
  return [policyName(policy)];
}

function attach(model: Model, arn: string, policy: string): Effect {
  const { attached, kind } = model.holder(arn);
  const touches = use(model, policy);
  const changed = !attached.has(policy);
  attached.add(policy);
  if (attached.size > LIMITS[kind].attached) throw new Refused('LimitExceeded');
  const own = effect(model, arn, changed, [policyName(policy)]);
  return { ...own, touches: [...touches, ...own.touches] };
}

function detach(model: Model, arn: string, policy: string): Effect {
  if (!model.holder(arn).attached.delete(policy)) throw new Refused('NoSuchEntity');
  return effect(model, arn, true, [policyName(policy)]);
}

function bound(model: Model, arn: string, policy: string | null): Effect {
  const holder = model.holder(arn);
  const touches = policy === null ? [] : use(model, policy);
  const changed = holder.boundary !== policy;
  holder.boundary = policy;
  const own = effect(model, arn, changed, policy === null ? [] : [policyName(policy)]);
  return { ...own, touches: [...touches, ...own.touches] };
}

function destroy(model: Model, arn: string, withDependents = false): Effect {
  const { inline, attached, groups } = model.holder(arn);
  if (!withDependents && inline.size + attached.size + groups.size > 0) throw new Refused('DeleteConflict');
  const own = nameOf(model, arn);
  const naming = [...model.holders].filter(([, { trust }]) => TRUSTS.get(trust.text)?.includes(arn));
  for (const [, { trust }] of naming) trust.bound = true;
  model.holders.delete(arn);
  return { touches: [own, ...naming.map(([role]) => `Role ${role}`)], reads: [own] };
}

function trust(model: Model, arn: string, text: string): Effect {
  const holder = model.holder(arn);
  const named = TRUSTS.get(text) ?? [];
  if (named.some((name) => !model.holders.has(name))) throw new Refused('MalformedPolicyDocument');
  const changed = holder.trust.text !== text || holder.trust.bound;
  const names = new Map(named.map((name) => [name, model.holder(name).life]));
  holder.trust = { text, names: changed ? names : holder.trust.names, bound: false };
  return effect(
    model,
    arn,
    changed,
    named.map((name) => nameOf(model, name)),
  );
}

function join(model: Model, arn: string, group: string): Effect {
  const { groups } = model.holder(arn);
  model.holder(group);
  const changed = !groups.has(group);
  groups.add(group);
  if (changed && groups.size > GROUPS_PER_USER) throw new Refused('LimitExceeded');
  return effect(model, arn, changed, [`Group ${group}`]);
}

function leave(model: Model, arn: string, group: string): Effect {
  const { groups } = model.holder(arn);
  model.holder(group);
  return effect(model, arn, groups.delete(group), [`Group ${group}`]);
}

/** A new entity of IAM. `boundary`: it is looked for in the account and at AWS. */
function make(model: Model, arn: string, boundary: string | undefined, trustPolicy?: string): Effect {
  if (model.holders.has(arn)) throw new Refused('EntityAlreadyExists');
  const named = trustPolicy === undefined ? [] : (TRUSTS.get(trustPolicy) ?? []);
  if (named.some((name) => !model.holders.has(name))) throw new Refused('MalformedPolicyDocument');
  const names = new Map(named.map((name) => [name, model.holder(name).life]));
  const reads = [ACCOUNT, ...named.map((name) => nameOf(model, name))];
  const touches = boundary === undefined ? [] : use(model, boundary);
  model.create(arn);
  const holder = model.holder(arn);
  holder.boundary = boundary ?? null;
  if (trustPolicy !== undefined) holder.trust = { text: trustPolicy, names, bound: false };
  return {
    touches: [...touches, nameOf(model, arn)],
    reads: boundary === undefined ? reads : [...reads, policyName(boundary)],
  };
}

const listed = (tags: ReadonlyMap<string, string>): string =>
  [...tags]
    .map((each) => each.join('='))
    .toSorted((one, other) => one.localeCompare(other))
    .join();

function tag(model: Model, arn: string, given: readonly { readonly key: string; readonly value: string }[]): Effect {
  const { tags } = model.holder(arn);
  const before = listed(tags);
  for (const { key, value } of given) {
    // One key in two cases is one key.
    for (const other of tags.keys()) if (other.toLowerCase() === key.toLowerCase()) tags.delete(other);
    tags.set(key, value);
  }
  return effect(model, arn, before !== listed(tags));
}

function untag(model: Model, arn: string, keys: readonly string[]): Effect {
  const { tags } = model.holder(arn);
  const gone = [...tags.keys()].filter((key) => keys.some((each) => each.toLowerCase() === key.toLowerCase()));
  for (const key of gone) tags.delete(key);
  return effect(model, arn, gone.length > 0);
}

function policyOf(model: Model, arn: string): Versions {
  const policy = model.policies.get(arn);
  if (policy === undefined) throw new Refused('NoSuchEntity');
  return policy;
}

/** Of a change of a managed policy. */
function ofPolicy(arn: string, changed: boolean): Effect {
  return { touches: changed ? [policyName(arn)] : [], reads: [policyName(arn)] };
}

function addVersion(model: Model, arn: string, document: string, setAsDefault = false): Effect {
  const policy = policyOf(model, arn);
  if (policy.versions.size >= VERSIONS_PER_POLICY) throw new Refused('LimitExceeded');
  policy.newest += 1;
  policy.versions.set(`v${policy.newest}`, DOCUMENTS.get(document) ?? {});
  if (setAsDefault) policy.defaultVersion = `v${policy.newest}`;
  return ofPolicy(arn, true);
}

function setDefault(model: Model, arn: string, version: string): Effect {
  const policy = policyOf(model, arn);
  if (!policy.versions.has(version)) throw new Refused('NoSuchEntity');
  const changed = policy.defaultVersion !== version;
  policy.defaultVersion = version;
  return ofPolicy(arn, changed);
}

function dropVersion(model: Model, arn: string, version: string): Effect {
  const policy = policyOf(model, arn);
  if (!policy.versions.has(version)) throw new Refused('NoSuchEntity');
  if (policy.defaultVersion === version) throw new Refused('DeleteConflict');
  policy.versions.delete(version);
  return ofPolicy(arn, true);
}

/** What each kind of change does. */
export const MODELLED: { readonly [Name in ChangeName]?: Modelled<Name> } = {
  deleteUser: (model, { userArn, withDependents }) => destroy(model, userArn, withDependents),
  putUserPolicy: (model, { userArn, policyName: name, policyDocument }) => put(model, userArn, name, policyDocument),
  deleteUserPolicy: (model, { userArn, policyName: name }) => remove(model, userArn, name),
  attachUserPolicy: (model, { userArn, policyArn }) => attach(model, userArn, policyArn),
  detachUserPolicy: (model, { userArn, policyArn }) => detach(model, userArn, policyArn),
  putUserPermissionsBoundary: (model, { userArn, permissionsBoundary }) => bound(model, userArn, permissionsBoundary),
  deleteUserPermissionsBoundary: (model, { userArn }) => bound(model, userArn, null),
  addUserToGroup: (model, { userArn, groupArn }) => join(model, userArn, groupArn),
  removeUserFromGroup: (model, { userArn, groupArn }) => leave(model, userArn, groupArn),
  createUser: (model, { userName, permissionsBoundary }) =>
    make(model, userArnOf(userName), permissionsBoundary ?? undefined),
  tagUser: (model, { userArn, tags }) => tag(model, userArn, tags),
  untagUser: (model, { userArn, tagKeys }) => untag(model, userArn, tagKeys),
  putGroupPolicy: (model, { groupArn, policyName: name, policyDocument }) => put(model, groupArn, name, policyDocument),
  deleteGroupPolicy: (model, { groupArn, policyName: name }) => remove(model, groupArn, name),
  attachGroupPolicy: (model, { groupArn, policyArn }) => attach(model, groupArn, policyArn),
  detachGroupPolicy: (model, { groupArn, policyArn }) => detach(model, groupArn, policyArn),
  createRole: (model, { roleName, permissionsBoundary, assumeRolePolicyDocument }) =>
    make(model, roleArnOf(roleName), permissionsBoundary ?? undefined, assumeRolePolicyDocument),
  tagRole: (model, { roleArn, tags }) => tag(model, roleArn, tags),
  untagRole: (model, { roleArn, tagKeys }) => untag(model, roleArn, tagKeys),
  createPolicyVersion: (model, { policyArn, policyDocument, setAsDefault }) =>
    addVersion(model, policyArn, policyDocument, setAsDefault),
  setDefaultPolicyVersion: (model, { policyArn, versionId }) => setDefault(model, policyArn, versionId),
  deletePolicyVersion: (model, { policyArn, versionId }) => dropVersion(model, policyArn, versionId),
  deleteRole: (model, { roleArn, withDependents }) => destroy(model, roleArn, withDependents),
  putRolePolicy: (model, { roleArn, policyName: name, policyDocument }) => put(model, roleArn, name, policyDocument),
  deleteRolePolicy: (model, { roleArn, policyName: name }) => remove(model, roleArn, name),
  attachRolePolicy: (model, { roleArn, policyArn }) => attach(model, roleArn, policyArn),
  detachRolePolicy: (model, { roleArn, policyArn }) => detach(model, roleArn, policyArn),
  updateAssumeRolePolicy: (model, { roleArn, policyDocument }) => trust(model, roleArn, policyDocument),
  putRolePermissionsBoundary: (model, { roleArn, permissionsBoundary }) => bound(model, roleArn, permissionsBoundary),
  deleteRolePermissionsBoundary: (model, { roleArn }) => bound(model, roleArn, null),
};

const OF_ORGANIZATIONS = 'organizations and resources have tests of their own, case by case';

/** Kinds of changes without a model, with the reason. */
export const NOT_MODELLED: Readonly<Record<string, string>> = {
  ...saying(
    'no principal of this world has another name or path: see iam-entities.test.ts',
    'updateUser',
    'updateGroup',
  ),
  ...saying(
    'decides nothing: see iam-entities.test.ts',
    'updateRole',
    'updateRoleDescription',
    'tagPolicy',
    'untagPolicy',
  ),
  ...saying('decides nothing: see iam-entities.test.ts', 'createAccountAlias', 'deleteAccountAlias'),
  ...saying(
    'groups and policies stay, so that all changes find them: see iam-entities.test.ts',
    'createGroup',
    'deleteGroup',
    'createPolicy',
    'deletePolicy',
  ),
  ...saying(
    'no instance assumes a role here: see iam-entities.test.ts',
    'createInstanceProfile',
    'deleteInstanceProfile',
    'addRoleToInstanceProfile',
    'removeRoleFromInstanceProfile',
    'tagInstanceProfile',
    'untagInstanceProfile',
  ),
  ...saying(
    OF_ORGANIZATIONS,
    'putResource',
    'deleteResource',
    'putResourcePolicy',
    'deleteResourcePolicy',
    'tagResource',
    'untagResource',
    'putPublicAccessBlock',
    'deletePublicAccessBlock',
    'createGrant',
    'revokeGrant',
    'retireGrant',
    'createVpcEndpoint',
    'modifyVpcEndpoint',
    'deleteVpcEndpoint',
    'createAccount',
    'putAccountName',
    'closeAccount',
    'moveAccount',
    'addAccountToOrganization',
    'removeAccountFromOrganization',
    'createOrganization',
    'deleteOrganization',
    'createOrganizationalUnit',
    'updateOrganizationalUnit',
    'deleteOrganizationalUnit',
    'registerDelegatedAdministrator',
    'deregisterDelegatedAdministrator',
    'createControlPolicy',
    'updateControlPolicy',
    'deleteControlPolicy',
    'attachControlPolicy',
    'detachControlPolicy',
    'enablePolicyType',
    'disablePolicyType',
  ),
};

function saying(why: string, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, why]));
}
