import type { KnownAction, KnownKey, KnownNames, KnownService } from './known-names.ts';

/** Condition keys by name in lower case, and keys with a placeholder (`aws:RequestTag/${TagKey}`) as prefix and suffix. */
export class KeyTable {
  readonly #exact = new Map<string, KnownKey>();
  readonly #templates = new Map<string, { readonly start: string; readonly end: string; readonly key: KnownKey }>();

  add(key: KnownKey): void {
    const name = key.name.toLowerCase();
    const placeholder = PLACEHOLDER.exec(name);
    if (placeholder !== null) {
      const end = name.slice(placeholder.index + placeholder[0].length);
      this.#templates.set(name, { start: name.slice(0, placeholder.index), end, key });
    } else if (!this.#exact.has(name)) {
      this.#exact.set(name, key);
    }
  }

  /** `name` in lower case. */
  find(name: string): KnownKey | null {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    for (const { start, end, key } of this.#templates.values()) {
      if (name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end)) return key;
    }
    return null;
  }

  /** For suggestions. */
  names(): readonly string[] {
    return [...this.#exact.values()].map((key) => key.name);
  }
}

/** The ways in which AWS's reference writes a placeholder for any text. */
const PLACEHOLDER = /\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/;

/** Keys of all services that the catalogue does not contain. */
const MORE_GLOBAL_KEYS: readonly KnownKey[] = [
  // Old, and still used in documents of many organizations; aws:PrincipalOrgID says more.
  { name: 'aws:PrincipalOrgMasterAccountId', type: 'String' },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
  { name: 'aws:SignInSessionArn', type: 'ARN' },
  { name: 'aws:ViaCustomerDomain', type: '' },
];

/**
 * Keys of actions that a service's guide documents, but not the service authorization reference.
 * https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html
 */
const DOCUMENTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'aws-marketplace:Subscribe': ['aws-marketplace:ProductId'],
  'aws-marketplace:Unsubscribe': ['aws-marketplace:ProductId'],
};

const NO_NAMES: readonly string[] = [];

function documentedKeys({ name }: KnownAction): readonly string[] {
  return Object.hasOwn(DOCUMENTED_KEYS, name) ? (DOCUMENTED_KEYS[name] ?? NO_NAMES) : NO_NAMES;
}

const unplacedKeys = new WeakMap<KnownService, readonly string[]>();

/** The keys that a service declares without an action or resource that has them: any of its actions may. */
function unplacedKeysOf(service: KnownService): readonly string[] {
  const known = unplacedKeys.get(service);
  if (known !== undefined) return known;
  const placed = new Set(
    [
      ...service.actions.flatMap((action) => [...action.conditionKeys, ...documentedKeys(action)]),
      ...service.resourceTypes.flatMap((type) => type.conditionKeys),
    ].map((name) => name.toLowerCase()),
  );
  const names = service.conditionKeys.map(({ name }) => name).filter((name) => !placed.has(name.toLowerCase()));
  unplacedKeys.set(service, names);
  return names;
}

const globalTables = new WeakMap<KnownNames, KeyTable>();
const supportedTables = new WeakMap<ReadonlySet<KnownAction>, KeyTable>();
const allTables = new WeakMap<KnownNames, KeyTable>();

/** The keys that requests to all services can have. */
export function globalKeys(catalog: KnownNames): KeyTable {
  return tableFor(globalTables, catalog, () => [...catalog.globalConditionKeys, ...MORE_GLOBAL_KEYS]);
}

/** The keys of all services together: some services declare keys that begin with the name of another. Reads the whole catalogue. */
export function allKeys(catalog: KnownNames): KeyTable {
  return tableFor(allTables, catalog, () =>
    catalog.services().flatMap((service) => catalog.service(service)?.conditionKeys ?? []),
  );
}

const serviceTables = new WeakMap<KnownService, KeyTable>();

/** The keys that one service declares. */
export function serviceKeys(service: KnownService): KeyTable {
  let table = serviceTables.get(service);
  if (table === undefined) {
    table = new KeyTable();
    for (const key of service.conditionKeys) table.add(key);
    serviceTables.set(service, table);
  }
  return table;
}

function tableFor(
  tables: WeakMap<KnownNames, KeyTable>,
  catalog: KnownNames,
  keysOf: () => readonly KnownKey[],
): KeyTable {
  let table = tables.get(catalog);
  if (table === undefined) {
    table = new KeyTable();
    for (const key of keysOf()) table.add(key);
    tables.set(catalog, table);
  }
  return table;
}

/** The service's keys and tag keys that some of the actions, or their resources, support. */
export function supportedKeys(actions: ReadonlySet<KnownAction>, catalog: KnownNames): KeyTable {
  const known = supportedTables.get(actions);
  if (known !== undefined) return known;
  const table = new KeyTable();
  supportedTables.set(actions, table);
  // Actions share their lists of keys and of types.
  const types = new Set([...actions].map((action) => action.resourceTypes));
  const lists = [...types].flatMap((list) => list.map(({ type }) => type.conditionKeys));
  for (const list of new Set([...[...actions].map((action) => action.conditionKeys), ...lists])) {
    for (const name of list) table.add({ name, type: '' });
  }
  const services = [...new Set([...actions].map(({ service }) => service))].map((key) => catalog.service(key));
  const more = [
    ...[...actions].flatMap(documentedKeys),
    ...services.flatMap((service) => (service === null ? [] : unplacedKeysOf(service))),
  ];
  for (const name of more) table.add({ name, type: '' });
  return table;
}

/**
 * Keys that an identity provider defines: they begin with its host name (`token.actions.githubusercontent.com:sub`), and
 * only it knows them. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function isFederatedKey(name: string): boolean {
  const colon = name.indexOf(':');
  return colon > 0 && /[./]/.test(name.slice(0, colon));
}
