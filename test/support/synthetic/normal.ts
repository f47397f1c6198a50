import type { DirectoryDocument } from '../../../src/directory/document.ts';

/** Members that say no more than their absence does, by the noun of the lists they are in. */
const NOTHING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  users: { tags: {}, permissionsBoundary: null, groups: [], inlinePolicies: [], attachedPolicies: [] },
  groups: { inlinePolicies: [], attachedPolicies: [] },
  roles: { tags: {}, permissionsBoundary: null, inlinePolicies: [], attachedPolicies: [], maxSessionDuration: 3600 },
  resources: {
    tags: {},
    policy: null,
    region: null,
    publicAccessBlock: null,
    objectOwnership: null,
    abacEnabled: null,
    grants: [],
    accessPoint: null,
  },
  vpcEndpoints: { tags: {}, policy: null },
  accounts: { alias: null, publicAccessBlock: null, organizationPublicAccessBlock: null, partition: 'aws' },
  // What an import is to do, and not a part of the policy.
  policies: { wholeVersions: true },
  instanceProfiles: {},
  oidcProviders: {},
  organizations: {},
};

export type Entities = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** A document's entities by list and name, without an order that means nothing, so that two documents can be compared. */
export function normal(document: DirectoryDocument): Entities {
  return Object.fromEntries(
    Object.keys(NOTHING).map((list) => {
      const entities: readonly object[] = Reflect.get(document, list) ?? [];
      return [list, Object.fromEntries(entities.map((entity) => normalEntity(list, entity)).sort(byName))];
    }),
  );
}

type Named = readonly [name: string, members: Readonly<Record<string, unknown>>];

function byName([one]: Named, [other]: Named): number {
  return one < other ? -1 : 1;
}

function normalEntity(list: string, entity: object): Named {
  const nothing = NOTHING[list] ?? {};
  const members = Object.entries(entity)
    .map(([key, value]) => [key, normalValue(value)] as const)
    .filter(([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(nothing[key]));
  const named = Object.fromEntries(members);
  return [String(named['arn'] ?? named['id']), named];
}

/** Lists in the order of their texts; documents as values, because JSON's spaces mean nothing. */
function normalValue(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('{') ? normalValue(JSON.parse(value)) : value;
  if (Array.isArray(value)) {
    const items = value.map(normalValue);
    return items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, inner]) => [key, normalValue(inner)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Without the members that a form does not hold, by list. */
export function without(entities: Entities, lacking: Readonly<Record<string, readonly string[]>>): Entities {
  return Object.fromEntries(
    Object.entries(entities).map(([list, named]) => {
      const missing = new Set(lacking[list]);
      const kept = Object.entries(named).map(([name, members]) => [
        name,
        Object.fromEntries(Object.entries(members).filter(([key]) => !missing.has(key))),
      ]);
      return [list, Object.fromEntries(kept)];
    }),
  );
}
