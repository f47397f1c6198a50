import type { StoredAccount } from '../apply/stored.ts';
import type {
  AccountInput,
  ControlPolicyInput,
  DelegatedAdministratorInput,
  KnowledgeInput,
  OrganizationInput,
} from '../document.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import { exported, type KeyedRow, listOf, pageOf, textOf, withoutKey } from './exported.ts';

type Unit = NonNullable<OrganizationInput['units']>[number];

/** Parents before children, as they are written. */
function inTreeOrder(units: readonly Unit[]): readonly Unit[] {
  const ordered: Unit[] = [];
  const add = (parentId: string | null): void => {
    for (const unit of units) {
      if (unit.parentId !== parentId) continue;
      ordered.push(unit);
      add(unit.id);
    }
  };
  add(null);
  return ordered;
}

interface OrganizationRow extends KeyedRow {
  readonly id: string;
  readonly rootId: string;
  readonly rootName: string;
  readonly managementAccountId: string;
  readonly scpEnabled: boolean;
  readonly rcpEnabled: boolean;
  readonly units: readonly Unit[];
  readonly controlPolicies: readonly (Omit<ControlPolicyInput, 'description'> & {
    readonly description: string | null;
  })[];
  readonly delegatedAdministrators: readonly DelegatedAdministratorInput[];
}

export const organizations = exported<OrganizationInput>(
  `SELECT e.id AS key, e.id, e."rootId", e."rootName", e."managementAccountId", e."scpEnabled", e."rcpEnabled",
     ${listOf(
       `json_build_object('id', u.id, 'name', u.name, 'parentId', u."parentId")`,
       'u.id',
       `"OrganizationalUnit" u WHERE u."organizationId" = e.id`,
     )} AS units,
     ${listOf(
       `json_build_object('id', p.id, 'type', p.type, 'name', p.name, 'description', p.description, 'document', ${textOf('p."documentHash"')},
          'targets', ${listOf(
            'a."targetId"',
            'a."targetId"',
            `"ControlPolicyAttachment" a WHERE a."organizationId" = e.id AND a."policyId" = p.id`,
          )})`,
       'p.id',
       `"ControlPolicy" p WHERE p."organizationId" = e.id`,
     )} AS "controlPolicies",
     ${listOf(
       `json_build_object('accountId', a."accountId", 'servicePrincipal', a."servicePrincipal")`,
       `(a."accountId" || a."servicePrincipal")`,
       `"DelegatedAdministrator" a WHERE a."organizationId" = e.id`,
     )} AS "delegatedAdministrators"
   FROM ${pageOf('Organization', 'id')} ORDER BY e.id`,
  ({ units, controlPolicies, ...row }: OrganizationRow) => ({
    ...withoutKey(row),
    units: inTreeOrder(units),
    controlPolicies: controlPolicies.map(({ description, ...policy }) =>
      description === null ? policy : { ...policy, description },
    ),
  }),
);

type AccountRow = KeyedRow & StoredAccount;

function membershipOf({ membership, organizationId, unitId }: AccountRow): Pick<AccountInput, 'membership'> {
  if (membership === 'NONE') return { membership };
  // An organization that is gone leaves its accounts behind as members of none that is known.
  return organizationId === null ? {} : { membership: { organizationId, unitId } };
}

export const accounts = exported<AccountInput>(
  `SELECT e.id AS key, e.id, e.partition, e.name, e.alias, e.membership::text AS membership, e."organizationId", e."unitId",
     e."publicAccessBlock", e."organizationPublicAccessBlock"
   FROM ${pageOf('Account', 'id')} ORDER BY e.id`,
  (row: AccountRow) => ({
    id: row.id,
    partition: row.partition,
    ...(row.name === null ? {} : { name: row.name }),
    alias: row.alias,
    ...membershipOf(row),
    publicAccessBlock: row.publicAccessBlock,
    organizationPublicAccessBlock: row.organizationPublicAccessBlock,
  }),
);

interface KnowledgeRow extends KeyedRow {
  readonly accountId: string;
  readonly layer: KnowledgeInput['layer'];
  readonly service: string;
  readonly state: KnowledgeInput['state'];
  readonly missing: readonly string[];
  readonly concerns: NonNullable<KnowledgeInput['concerns']>;
  readonly at: number | null;
}

export const knowledge = exported<KnowledgeInput>(
  // Neither an account id nor a layer has a space.
  `SELECT concat_ws(' ', e."accountId", e.layer, e.service) AS key, e."accountId", e.layer, e.service, e.state, e.missing, e.concerns,
     ${millisecondsOf('e.at')} AS at
   FROM "AccountKnowledge" e
   WHERE (e."accountId", e.layer, e.service) > (split_part($1, ' ', 1), split_part($1, ' ', 2), split_part($1, ' ', 3))
   ORDER BY e."accountId", e.layer, e.service LIMIT $2`,
  ({ accountId, layer, service, state, missing, concerns, at }: KnowledgeRow) => ({
    accountId,
    layer,
    ...(service === '' ? {} : { service }),
    state,
    ...(state === 'PARTIAL'
      ? { missing, ...(concerns.length > 0 && { concerns }) }
      : { at: at === null ? null : toIso(at) }),
  }),
);
