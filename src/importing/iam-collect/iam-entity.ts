import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { shorten } from '../bounded-json.ts';
import { isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import { parseIamArn } from '../iam-arn.ts';
import type { FileGroup } from './file-group.ts';

type Kind = 'user' | 'group' | 'role' | 'policy';

const INLINE: Readonly<Record<Kind, string>> = {
  user: 'UserPolicyList',
  group: 'GroupPolicyList',
  role: 'RolePolicyList',
  policy: '',
};
const ID: Readonly<Record<Kind, string>> = { user: 'UserId', group: 'GroupId', role: 'RoleId', policy: 'PolicyId' };

/** The name of the one version that is there, if nothing says it: names of versions matter to nobody but those who set one. */
const ONLY_VERSION = 'v1';

/**
 * The files of one entity as an entry of the authorization details. Beside `metadata.json`, a file is there only if there is
 * something in it: one that is missing says that there is none. Null, with a note: it has no metadata, or that
 * of another account.
 */
export function entityDetail(kind: Kind, accountId: string, group: FileGroup, facts: Facts): JsonObject | null {
  const metadata = group.object('metadata');
  if (metadata === undefined) {
    facts.note({ file: group.somePath, place: '' }, `there is no metadata.json beside it; the ${kind} is left out`);
    return null;
  }
  const written = metadata['arn'];
  const arn = typeof written === 'string' ? written : '';
  const owner = parseIamArn(arn)?.account ?? accountId;
  if (owner !== accountId && !(kind === 'policy' && owner === 'aws')) {
    facts.note(
      { file: group.path('metadata'), place: 'arn' },
      `\`${shorten(arn)}\` is not in the account of its folder, ${accountId}; the ${kind} is left out`,
    );
    return null;
  }
  const common = {
    Arn: metadata['arn'] ?? null,
    [ID[kind]]: metadata['id'] ?? null,
    CreateDate: metadata['created'] ?? null,
  };
  if (kind === 'policy') return { ...common, ...versions(metadata, group, facts) };
  return {
    ...common,
    ...holderLists(kind, group),
    ...(kind !== 'group' && { PermissionsBoundary: boundary(metadata, group), ...tags(group) }),
    ...(kind === 'user' && { GroupList: groupNames(group) }),
    ...(kind === 'role' && roleMembers(metadata, group)),
  };
}

function holderLists(kind: Kind, group: FileGroup): JsonObject {
  const inline = group.has('inline-policies') ? group.list('inline-policies') : [];
  const managed = group.has('managed-policies') ? group.list('managed-policies') : [];
  return {
    ...(inline !== undefined && { [INLINE[kind]]: inline }),
    ...(managed !== undefined && { AttachedManagedPolicies: managed.map((arn) => ({ PolicyArn: arnOf(arn) })) }),
  };
}

function tags(group: FileGroup): JsonObject {
  const found = group.tags();
  return found === undefined ? {} : { Tags: Object.entries(found).map(([Key, Value]) => ({ Key, Value })) };
}

/** ARNs, or names; a group is found by its name. */
function groupNames(group: FileGroup): readonly JsonValue[] {
  return (group.list('groups') ?? []).map((each) => {
    const text = typeof each === 'string' ? each : arnOf(each);
    return typeof text === 'string' ? text.slice(text.lastIndexOf('/') + 1) : text;
  });
}

function roleMembers(metadata: JsonObject, group: FileGroup): JsonObject {
  const trust = group.get('trust-policy');
  return {
    ...(trust !== undefined && { AssumeRolePolicyDocument: trust }),
    MaxSessionDuration: metadata['maxSessionDuration'] ?? null,
    Description: metadata['description'] ?? null,
  };
}

/** In the metadata, or in its own file; an ARN, or an object around one. What is not understood is not "none". */
function boundary(metadata: JsonObject, group: FileGroup): JsonValue {
  const written = group.get('permission-boundary') ?? metadata['permissionBoundary'] ?? null;
  if (written === null) return null;
  const arn = arnOf(written);
  return { PermissionsBoundaryArn: arn };
}

function arnOf(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  for (const key of ['arn', 'Arn', 'policyArn', 'PolicyArn', 'PermissionsBoundaryArn', 'permissionsBoundaryArn']) {
    if (typeof value[key] === 'string') return value[key];
  }
  return null;
}

function versions(metadata: JsonObject, group: FileGroup, facts: Facts): JsonObject {
  const written = metadata['defaultVersionId'] ?? metadata['currentVersionId'];
  const VersionId = typeof written === 'string' ? written : ONLY_VERSION;
  const Document = group.get('current-policy');
  if (Document === undefined) {
    facts.note({ file: group.path('metadata'), place: '' }, 'there is no current-policy.json beside it');
    return {};
  }
  return { DefaultVersionId: VersionId, PolicyVersionList: [{ VersionId, Document, IsDefaultVersion: true }] };
}
