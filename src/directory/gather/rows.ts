import type { KmsGrant } from '../../evaluation/key-grant.ts';
import type { PublicAccessBlock } from '../../evaluation/public-access.ts';
import type { Touched } from '../apply/revision.ts';
import type { AccessPointInput, KnownPart } from '../document.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { RoleSessionRecord } from '../stores/session-store.ts';
import { changesOf, type TouchedRows, touchedSince } from './revision-rows.ts';

type StringMap = Readonly<Record<string, string>>;

/** Name and document hash. */
export type InlineRow = readonly [name: string, hash: string];
/** Null hash: the document is not known. */
export type AttachedRow = readonly [arn: string, name: string, hash: string | null];

export interface HolderRow {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly inline: readonly InlineRow[];
  readonly attached: readonly AttachedRow[];
}

export interface UserRow extends HolderRow {
  readonly accountId: string;
  readonly tags: StringMap;
  readonly boundary: AttachedRow | null;
  readonly groups: readonly string[];
}

export interface RoleRow extends HolderRow {
  readonly accountId: string;
  readonly path: string;
  readonly tags: StringMap;
  readonly boundary: AttachedRow | null;
  readonly trustPolicyHash: string;
  readonly trustBindings: StringMap;
  readonly maxSessionDuration: number;
}

/** Credentials of sts:GetFederationToken that have not ended. Times are milliseconds since 1970. */
export interface FederatedRow {
  readonly arn: string;
  /** Null: of the root user. */
  readonly userId: string | null;
  readonly tags: StringMap;
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface ResourceRow {
  readonly arn: string;
  readonly accountId: string;
  readonly tags: StringMap;
  readonly policyHash: string | null;
  readonly policyBindings: StringMap;
  /** Null: not known, or no bucket. */
  readonly objectOwnership: string | null;
  readonly abacEnabled: boolean | null;
  /** Of a bucket; null: not known. */
  readonly region: string | null;
  /** Of a bucket or access point; null: none is configured, or not known. */
  readonly publicAccessBlock: PublicAccessBlock | null;
  /** Of an access point; null: not known. */
  readonly accessPoint: AccessPointInput | null;
  /** Of a KMS key. */
  readonly grants: readonly KmsGrant[];
  /** Of these, what is here is all there is. */
  readonly known: readonly KnownPart[];
}

export interface EndpointRow {
  /** vpce-… */
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly vpcId: string | null;
  readonly serviceName: string;
  readonly policyHash: string | null;
}

/** Everything that was asked for by name, from one state of the directory. */
export interface EntityRows {
  readonly revision: bigint;
  /** What was touched since the given revision; null: too much to list. */
  readonly touched: readonly Touched[] | null;
  readonly users: readonly UserRow[];
  readonly groups: readonly HolderRow[];
  readonly roles: readonly RoleRow[];
  readonly sessions: readonly RoleSessionRecord[];
  readonly federated: readonly FederatedRow[];
  readonly resources: readonly ResourceRow[];
  readonly endpoints: readonly EndpointRow[];
  readonly policies: readonly AttachedRow[];
}

export const inlineOf = (column: string): string =>
  `(SELECT coalesce(json_agg(json_build_array(i.name, i."documentHash") ORDER BY i.name), '[]')
      FROM "InlinePolicy" i WHERE i."${column}" = e.id)`;

export const DEFAULT_VERSION = `LEFT JOIN "PolicyVersion" v ON v."policyId" = p.id AND v."versionId" = p."defaultVersionId"`;

const attachedOf = (column: string): string =>
  `(SELECT coalesce(json_agg(json_build_array(p.arn, p.name, v."documentHash") ORDER BY p.arn), '[]')
      FROM "PolicyAttachment" a JOIN "ManagedPolicy" p ON p.id = a."policyId" ${DEFAULT_VERSION}
     WHERE a."${column}" = e.id)`;

export const BOUNDARY = `(SELECT json_build_array(p.arn, p.name, v."documentHash")
      FROM "ManagedPolicy" p ${DEFAULT_VERSION} WHERE p.id = e."boundaryId")`;

export const holder = (column: string): string =>
  `'id', e.id, 'arn', e.arn, 'name', e.name, 'inline', ${inlineOf(column)}, 'attached', ${attachedOf(column)}`;

/** The columns that sessions share wherever they are read. */
export const SESSION_JSON = `json_build_object('id', s.id, 'accessKeyId', s."accessKeyId", 'arn', s.arn,
  'roleArn', s."roleArn", 'roleId', coalesce(s."roleId", s."formerRoleId"), 'federatedProvider', s."federatedProvider",
  'roleSessionName', s."roleSessionName", 'sourceIdentity', s."sourceIdentity", 'tags', s.tags,
  'transitiveTagKeys', s."transitiveTagKeys", 'sessionPolicies', s."sessionPolicies",
  'sessionPolicyArns', s."sessionPolicyArns", 'assumedBy', s."assumedBy", 'assumedById', s."assumedById",
  'parentId', s."parentId", 'issuedAt', ${millisecondsOf('s."issuedAt"')}, 'expiresAt', ${millisecondsOf('s."expiresAt"')},
  'endedAt', ${millisecondsOf('s."endedAt"')})`;

/** A row of a resource, as ResourceRow. */
export const RESOURCE_JSON = `json_build_object('arn', e.arn, 'accountId', e."accountId", 'tags', e.tags,
  'policyHash', e."policyHash", 'policyBindings', e."policyBindings", 'objectOwnership', e."objectOwnership",
  'abacEnabled', e."abacEnabled", 'region', e.region, 'publicAccessBlock', e."publicAccessBlock", 'accessPoint', e."accessPoint",
  'grants', e.grants, 'known', e.known)`;

/** The buckets that the access points in $4 lead to. */
const BUCKETS_BEHIND = `ARRAY(
  SELECT p."accessPoint"->>'bucket' FROM "Resource" p WHERE p.arn = ANY($4::text[]) AND p."accessPoint" IS NOT NULL)`;

/** A user, policy or instance profile as a resource, as ResourceRow. */
export const TAGGED_AS_RESOURCE_JSON = `json_build_object('arn', e.arn, 'accountId', e."accountId", 'tags', e.tags,
  'policyHash', NULL, 'policyBindings', '{}'::json, 'objectOwnership', NULL, 'abacEnabled', NULL, 'region', NULL,
  'publicAccessBlock', NULL, 'accessPoint', NULL, 'grants', '[]'::json, 'known', '[]'::json)`;

/**
 * One statement for a batch of any size: users $1, roles $2, sessions $3 (those that have not ended, with the policies they
 * name, and the roles that they are or could be of: a session's ARN has no path, but names are unique in an account; the order
 * leaves the one index of account and name, where a table that was empty has several that look alike), resources $4, policies $5; changes since revision $6; sessions that expired before $7 count
 * only when they are the newest of their ARN; federated users $8 (their sessions, with who made them); VPC endpoints $9. What it goes on to look for is given as arrays: for a list
 * of unknown length, or one name or another, the database would read the whole table.
 */
const SELECT_ENTITIES = `
  WITH sessions AS (
    SELECT s.* FROM (SELECT DISTINCT unnest($3::text[]) AS arn) a CROSS JOIN LATERAL (
      SELECT s.*, row_number() OVER (ORDER BY s."issuedAt" DESC, s.id) AS position FROM (
        SELECT * FROM "RoleSession" s WHERE s.arn = a.arn AND s."endedAt" IS NULL
         ORDER BY s.arn, s."issuedAt" DESC, s.id LIMIT 100) s) s
     WHERE s.position = 1 OR s."expiresAt" > $7::text::timestamp(3)),
  federated AS (
    SELECT k.* FROM (
      SELECT k.*, row_number() OVER (PARTITION BY k."federatedArn" ORDER BY k."issuedAt" DESC, k.id) AS position
        FROM "KeySession" k WHERE k."federatedArn" = ANY($8::text[]) AND k."endedAt" IS NULL) k
     WHERE k.position = 1 OR (k.position <= 100 AND k."expiresAt" > $7::text::timestamp(3))),
  roles AS (
    SELECT id FROM "Role" WHERE arn = ANY($2::text[])
    UNION SELECT "roleId" FROM sessions
    UNION SELECT r.id FROM unnest($3::text[]) AS asked(arn) CROSS JOIN LATERAL (
      SELECT r.id FROM "Role" r WHERE r."accountId" = split_part(asked.arn, ':', 5)
         AND r.name BETWEEN split_part(asked.arn, '/', 2) AND split_part(asked.arn, '/', 2) ORDER BY r.name LIMIT 1) r),
  users AS (
    SELECT * FROM "User" WHERE id = ANY(ARRAY(
      SELECT id FROM "User" WHERE arn = ANY($1::text[]) UNION SELECT "userId" FROM federated WHERE "userId" IS NOT NULL))),
  memberships AS (
    SELECT m."groupId" FROM "GroupMembership" m WHERE m."userId" = ANY(ARRAY(SELECT id FROM users)))
  SELECT
    (SELECT revision::text FROM "DirectoryState" WHERE id = 1) AS revision,
    ${touchedSince('$6')} AS touched,
    (SELECT coalesce(json_agg(json_build_object(${holder('userId')}, 'accountId', e."accountId", 'tags', e.tags,
        'boundary', ${BOUNDARY},
        'groups', (SELECT coalesce(json_agg(m."groupId"), '[]') FROM "GroupMembership" m WHERE m."userId" = e.id))), '[]')
       FROM users e) AS users,
    (SELECT coalesce(json_agg(json_build_object(${holder('groupId')})), '[]')
       FROM "Group" e WHERE e.id = ANY(ARRAY(SELECT DISTINCT "groupId" FROM memberships))) AS groups,
    (SELECT coalesce(json_agg(json_build_object(${holder('roleId')}, 'accountId', e."accountId", 'path', e.path,
        'tags', e.tags, 'boundary', ${BOUNDARY}, 'trustPolicyHash', e."trustPolicyHash",
        'trustBindings', e."trustBindings", 'maxSessionDuration', e."maxSessionDuration")), '[]')
       FROM "Role" e WHERE e.id = ANY(ARRAY(SELECT id FROM roles WHERE id IS NOT NULL))) AS roles,
    (SELECT coalesce(json_agg(${SESSION_JSON} ORDER BY s."issuedAt" DESC, s.id), '[]')
       FROM sessions s JOIN "Role" r ON r.id = s."roleId") AS sessions,
    (SELECT coalesce(json_agg(json_build_object('arn', k."federatedArn", 'userId', k."userId", 'tags', k.tags,
        'sessionPolicies', k."sessionPolicies", 'sessionPolicyArns', k."sessionPolicyArns",
        'issuedAt', ${millisecondsOf('k."issuedAt"')}, 'expiresAt', ${millisecondsOf('k."expiresAt"')})
        ORDER BY k."issuedAt" DESC, k.id), '[]') FROM federated k) AS federated,
    (SELECT coalesce(json_agg(${RESOURCE_JSON}), '[]')
       FROM (SELECT arn, "accountId", tags, "policyHash", "policyBindings", "objectOwnership", "abacEnabled", region,
                    "publicAccessBlock", "accessPoint", grants, known
               FROM "Resource" WHERE arn = ANY($4::text[]) OR arn = ANY(${BUCKETS_BEHIND})
             UNION ALL
             SELECT arn, "accountId", tags, NULL, '{}', NULL, NULL, NULL, NULL, NULL, '[]', '[]' FROM "User" WHERE arn = ANY($4::text[])
             UNION ALL
             SELECT arn, "accountId", tags, NULL, '{}', NULL, NULL, NULL, NULL, NULL, '[]', '[]'
               FROM "ManagedPolicy" WHERE arn = ANY($4::text[]) AND "accountId" IS NOT NULL
             UNION ALL
             SELECT arn, split_part(arn, ':', 5), tags, NULL, '{}', NULL, NULL, NULL, NULL, NULL, '[]', '[]'
               FROM "InstanceProfile" WHERE arn = ANY($4::text[])) e) AS resources,
    (SELECT coalesce(json_agg(json_build_object('id', e.id, 'arn', e.arn, 'accountId', e."accountId", 'vpcId', e."vpcId",
        'serviceName', e."serviceName", 'policyHash', e."policyHash")), '[]') FROM "VpcEndpoint" e WHERE e.id = ANY($9::text[])) AS endpoints,
    (SELECT coalesce(json_agg(json_build_array(p.arn, p.name, v."documentHash")), '[]')
       FROM "ManagedPolicy" p ${DEFAULT_VERSION}
      WHERE p.arn = ANY(ARRAY(
        SELECT unnest($5::text[]) UNION SELECT unnest("sessionPolicyArns") FROM sessions
        UNION SELECT unnest("sessionPolicyArns") FROM federated))) AS policies`;

export interface EntityNames {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly sessions: readonly string[];
  readonly resources: readonly string[];
  readonly policies: readonly string[];
  readonly federated: readonly string[];
  /** Ids of VPC endpoints. */
  readonly endpoints: readonly string[];
}

interface RevisionRow {
  readonly revision: string;
  readonly touched: TouchedRows;
}

export async function readEntityRows(sql: Sql, names: EntityNames, since: bigint, now: number): Promise<EntityRows> {
  const parameters = [
    names.users,
    names.roles,
    names.sessions,
    names.resources,
    names.policies,
    String(since),
    toIso(now),
    names.federated,
    names.endpoints,
  ];
  type Row = Omit<EntityRows, 'revision' | 'touched'> & RevisionRow;
  const [row] = await sql.query<Row>(SELECT_ENTITIES, parameters, 'entities');
  if (row === undefined) throw new Error('a statement without FROM answered no row');
  return { ...row, revision: BigInt(row.revision), touched: changesOf(row.touched) };
}

export async function readDocuments(sql: Sql, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ hash: string; text: string }>(
    'SELECT hash, text FROM "PolicyDocument" WHERE hash = ANY($1::text[])',
    [hashes],
    'documents',
  );
  return new Map(rows.map((row) => [row.hash, row.text]));
}
