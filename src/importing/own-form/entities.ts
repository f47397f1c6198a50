import type { DirectoryDocument } from '../../directory/document.ts';
import type { OwnDocument } from './document.ts';

/** The lists of entities in a document. */
export type EntityKind = Exclude<keyof OwnDocument, 'wholeLists'>;

type NameOf<Kind extends EntityKind> = (each: NonNullable<DirectoryDocument[Kind]>[number]) => string;

/** What names an entity of each list: no other one in it has that name. */
const NAMES: { readonly [Kind in EntityKind]-?: NameOf<Kind> } = {
  services: (each) => each.prefix,
  organizations: (each) => each.id,
  accounts: (each) => each.id,
  policies: (each) => each.arn,
  groups: (each) => each.arn,
  users: (each) => each.arn,
  roles: (each) => each.arn,
  instanceProfiles: (each) => each.arn,
  oidcProviders: (each) => each.arn,
  resources: (each) => each.arn,
  vpcEndpoints: (each) => each.id,
  knowledge: ({ accountId, layer, service }) => `${accountId} ${layer}${service === undefined ? '' : ` ${service}`}`,
};

const KINDS = Object.keys(NAMES) as readonly EntityKind[];

/** An entity of any kind. */
export interface NamedEntity {
  readonly kind: EntityKind;
  readonly name: string;
  readonly entity: Readonly<Record<string, unknown>>;
}

export function* entitiesOf(document: OwnDocument): Iterable<NamedEntity> {
  for (const kind of KINDS) {
    // as: list and function are of one kind
    const nameOf = NAMES[kind] as (each: object) => string;
    for (const entity of document[kind] ?? []) yield { kind, name: nameOf(entity), entity: { ...entity } };
  }
}

/** Puts entities back into lists. */
export function documentOf(entities: Iterable<NamedEntity>): OwnDocument {
  const lists = new Map<EntityKind, object[]>();
  for (const { kind, entity } of entities) {
    const list = lists.get(kind);
    if (list === undefined) lists.set(kind, [entity]);
    else list.push(entity);
  }
  // as: each entity came from a list of its kind
  return Object.fromEntries(lists) as OwnDocument;
}
