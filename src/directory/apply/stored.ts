import type { AccessPointInput, DelegatedAdministratorInput, KmsGrantInput, PublicAccessBlock } from '../document.ts';
import { millisecondsOf } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { readInBatches } from './batches.ts';
import type { EntityKind } from './entity-arn.ts';

/** Columns that all entities with a unique id have. */
export interface StoredEntity {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
}

export interface StoredHolder extends StoredEntity {
  /** Name, document hash and row id. */
  readonly inline: readonly (readonly [name: string, hash: string, id: string])[];
  /** Policy id and row id. */
  readonly attached: readonly (readonly [policyId: string, id: string])[];
}

export interface StoredUser extends StoredHolder {
  readonly tags: Readonly<Record<string, string>>;
  readonly boundaryId: string | null;
  readonly groupIds: readonly string[];
}

export interface StoredRole extends StoredHolder {
  readonly tags: Readonly<Record<string, string>>;
  readonly boundaryId: string | null;
  readonly description: string | null;
  readonly trustPolicyHash: string;
  readonly trustBindings: Readonly<Record<string, string>>;
  readonly maxSessionDuration: number;
}

export interface StoredPolicy extends StoredEntity {
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly defaultVersionId: string | null;
  readonly versions: readonly (readonly [versionId: string, hash: string, createdAt: number])[];
}

export interface StoredInstanceProfile extends StoredEntity {
  readonly tags: Readonly<Record<string, string>>;
  readonly roleId: string | null;
}

export interface StoredResource {
  readonly arn: string;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policyHash: string | null;
  readonly policyBindings: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly accessPoint: AccessPointInput | null;
  readonly objectOwnership: string | null;
  readonly abacEnabled: boolean | null;
  readonly grants: readonly KmsGrantInput[];
  readonly known: readonly string[];
}

export interface StoredEndpoint {
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string | null;
  readonly serviceName: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policyHash: string | null;
}

export interface StoredProvider {
  readonly arn: string;
  readonly accountId: string;
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly jwks: object;
  readonly createdAt: number;
}

export interface StoredKnowledge {
  readonly accountId: string;
  readonly layer: string;
  /** Empty: none. */
  readonly service: string;
  readonly state: string;
  readonly at: number | null;
  readonly missing: readonly string[];
  readonly concerns: readonly string[];
}

export interface StoredAccount {
  readonly id: string;
  readonly partition: string;
  readonly name: string | null;
  readonly alias: string | null;
  readonly membership: 'UNKNOWN' | 'NONE' | 'MEMBER';
  readonly organizationId: string | null;
  readonly unitId: string | null;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly organizationPublicAccessBlock: PublicAccessBlock | null;
}

export interface StoredOrganization {
  readonly id: string;
  readonly rootId: string;
  readonly rootName: string;
  readonly managementAccountId: string;
  readonly scpEnabled: boolean;
  readonly rcpEnabled: boolean;
  readonly units: readonly { readonly id: string; readonly name: string; readonly parentId: string | null }[];
  readonly policies: readonly {
    readonly id: string;
    readonly arn: string;
    readonly type: string;
    readonly name: string;
    readonly description: string | null;
    readonly documentHash: string;
    readonly targets: readonly string[];
  }[];
  readonly delegatedAdministrators: readonly DelegatedAdministratorInput[];
}

const HOLDER = (table: string, column: string): string => `
  e.id, e.arn, ${millisecondsOf('e."createdAt"')} AS "createdAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_array(p.name, p."documentHash", p.id)), '[]')
     FROM "InlinePolicy" p WHERE p."${column}" = e.id) AS inline,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(p."policyId", p.id)), '[]')
     FROM "PolicyAttachment" p WHERE p."${column}" = e.id) AS attached
  ${table === 'User' ? `, (SELECT coalesce(jsonb_agg(m."groupId"), '[]') FROM "GroupMembership" m WHERE m."userId" = e.id) AS "groupIds"` : ''}`;

/** `$1`: ARNs; `$2`: ids, because another ARN may hold one. */
const WANTED = 'WHERE e.arn = ANY($1::text[]) OR e.id = ANY($2::text[])';

const SELECT_ENTITIES: Readonly<Record<EntityKind, string>> = {
  User: `SELECT ${HOLDER('User', 'userId')}, e.tags, e."boundaryId" FROM "User" e ${WANTED}`,
  Group: `SELECT ${HOLDER('Group', 'groupId')} FROM "Group" e ${WANTED}`,
  Role: `SELECT ${HOLDER('Role', 'roleId')}, e.tags, e."boundaryId", e.description, e."trustPolicyHash",
           e."trustBindings", e."maxSessionDuration" FROM "Role" e ${WANTED}`,
  ManagedPolicy: `SELECT e.id, e.arn, ${millisecondsOf('e."createdAt"')} AS "createdAt", e.description, e.tags, e."defaultVersionId",
      (SELECT coalesce(jsonb_agg(jsonb_build_array(v."versionId", v."documentHash", ${millisecondsOf('v."createdAt"')})), '[]')
         FROM "PolicyVersion" v WHERE v."policyId" = e.id) AS versions
    FROM "ManagedPolicy" e ${WANTED}`,
  InstanceProfile: `SELECT e.id, e.arn, ${millisecondsOf('e."createdAt"')} AS "createdAt", e.tags, e."roleId"
    FROM "InstanceProfile" e ${WANTED}`,
};

export interface StoredOf {
  readonly User: StoredUser;
  readonly Group: StoredHolder;
  readonly Role: StoredRole;
  readonly ManagedPolicy: StoredPolicy;
  readonly InstanceProfile: StoredInstanceProfile;
}

/** Those with one of the ARNs or one of the ids. A row with the ARN of one and the id of another may come twice. */
export function readEntities<K extends EntityKind>(
  sql: Sql,
  kind: K,
  names: readonly { readonly arn: string; readonly id: string }[],
): Promise<readonly StoredOf[K][]> {
  return readInBatches(sql, names, (part) =>
    sql.query<StoredOf[K]>(SELECT_ENTITIES[kind], [part.map(({ arn }) => arn), part.map(({ id }) => id)]),
  );
}

export function readResources(sql: Sql, arns: readonly string[]): Promise<readonly StoredResource[]> {
  return readInBatches(sql, arns, (part) =>
    sql.query(
      `SELECT arn, "accountId", tags, "policyHash", "policyBindings", region, "publicAccessBlock", "accessPoint",
          "objectOwnership", "abacEnabled", grants, known FROM "Resource" WHERE arn = ANY($1::text[])`,
      [part],
    ),
  );
}

export function readEndpoints(sql: Sql, ids: readonly string[]): Promise<readonly StoredEndpoint[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return sql.query(
    `SELECT id, arn, "accountId", region, "vpcId", "serviceName", type, tags, "policyHash"
       FROM "VpcEndpoint" WHERE id = ANY($1::text[])`,
    [ids],
  );
}

export function readProviders(sql: Sql, arns: readonly string[]): Promise<readonly StoredProvider[]> {
  if (arns.length === 0) return Promise.resolve([]);
  return sql.query(
    `SELECT arn, "accountId", url, "clientIds", jwks, ${millisecondsOf('"createdAt"')} AS "createdAt"
       FROM "OidcProvider" WHERE arn = ANY($1::text[])`,
    [arns],
  );
}

export function readKnowledge(sql: Sql, accountIds: readonly string[]): Promise<readonly StoredKnowledge[]> {
  if (accountIds.length === 0) return Promise.resolve([]);
  return sql.query(
    `SELECT "accountId", layer, service, state, ${millisecondsOf('at')} AS at, missing, concerns
       FROM "AccountKnowledge" WHERE "accountId" = ANY($1::text[])`,
    [accountIds],
  );
}

export function readAccounts(sql: Sql, ids: readonly string[]): Promise<readonly StoredAccount[]> {
  return sql.query(
    `SELECT id, partition, name, alias, membership::text AS membership, "organizationId", "unitId",
        "publicAccessBlock", "organizationPublicAccessBlock" FROM "Account" WHERE id = ANY($1::text[])`,
    [ids],
  );
}

export function readOrganizations(sql: Sql, ids: readonly string[]): Promise<readonly StoredOrganization[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return sql.query(
    `SELECT o.id, o."rootId", o."rootName", o."managementAccountId", o."scpEnabled", o."rcpEnabled",
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'parentId', u."parentId")), '[]')
          FROM "OrganizationalUnit" u WHERE u."organizationId" = o.id) AS units,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'arn', p.arn, 'type', p.type, 'name', p.name,
            'description', p.description, 'documentHash', p."documentHash", 'targets', (SELECT coalesce(jsonb_agg(a."targetId"), '[]')
              FROM "ControlPolicyAttachment" a WHERE a."organizationId" = o.id AND a."policyId" = p.id))), '[]')
          FROM "ControlPolicy" p WHERE p."organizationId" = o.id) AS policies,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('accountId', d."accountId", 'servicePrincipal', d."servicePrincipal")), '[]')
          FROM "DelegatedAdministrator" d WHERE d."organizationId" = o.id) AS "delegatedAdministrators"
       FROM "Organization" o WHERE o.id = ANY($1::text[])`,
    [ids],
  );
}
