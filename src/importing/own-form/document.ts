import type { DirectoryDocument } from '../../directory/document.ts';
import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';
import { account, knowledge, organization, publicAccessBlock, wholeList } from './organizations.ts';
import { Place } from './place.ts';
import { policyDocument } from './policy-document.ts';
import { group, instanceProfile, managedPolicy, role, user } from './principals.ts';
import { oidcProvider, resource, vpcEndpoint } from './resources.ts';
import { service } from './services.ts';
import { list, may, type Named, named, object } from './shape.ts';
import { instant, text } from './texts.ts';

/** What the form holds: everything but access keys, whose secrets only one gateway knows. */
export type OwnDocument = Omit<DirectoryDocument, 'accessKeys'>;

/** The name of the schema's file beside an export. */
export const SCHEMA_FILE = 'rolegate.schema.json';
/** Its `$id`. */
export const OWN_SCHEMA_ID = 'urn:rolegate:directory';

interface WithSchema extends OwnDocument {
  readonly $schema?: string;
}

const kinds = {
  service: named('service', service),
  organization: named('organization', organization),
  account: named('account', account),
  policy: named('policy', managedPolicy),
  group: named('group', group),
  user: named('user', user),
  role: named('role', role),
  instanceProfile: named('instanceProfile', instanceProfile),
  oidcProvider: named('oidcProvider', oidcProvider),
  resource: named('resource', resource),
  vpcEndpoint: named('vpcEndpoint', vpcEndpoint),
  knowledge: named('knowledge', knowledge),
  wholeList: named('wholeList', wholeList),
};

const document = object<WithSchema>('A directory, or a part of one: entities by kind', {
  $schema: may(text, `\`${SCHEMA_FILE}\`: names the form, so that editors can check it`),
  services: may(
    list(kinds.service),
    'Services of applications, beside those of AWS. Stored ones that are not here stay',
  ),
  organizations: may(list(kinds.organization), 'Organizations'),
  accounts: may(list(kinds.account), 'Accounts. One that only owns something need not be here'),
  policies: may(list(kinds.policy), 'Managed policies'),
  groups: may(list(kinds.group), 'Groups'),
  users: may(list(kinds.user), 'Users'),
  roles: may(list(kinds.role), 'Roles'),
  instanceProfiles: may(list(kinds.instanceProfile), 'Instance profiles'),
  oidcProviders: may(list(kinds.oidcProvider), 'OpenID Connect providers'),
  resources: may(list(kinds.resource), 'Resources: those with a policy, and others that questions name'),
  vpcEndpoints: may(list(kinds.vpcEndpoint), 'VPC endpoints'),
  knowledge: may(
    list(kinds.knowledge),
    'What is known of an account, layer by layer. An answer that something unknown could change says so in `gaps`',
  ),
  wholeLists: may(
    list(kinds.wholeList),
    'Lists that are whole here: what is stored of them and is not here is removed',
  ),
});

/** The JSON Schema of a document, and of each line of an export: a line is a document of one entity. */
export const ownSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: OWN_SCHEMA_ID,
  title: 'A directory of Rolegate',
  ...document.schema,
  $defs: Object.fromEntries(
    Object.entries<Pick<Named<never>, 'definition'>>({
      ...kinds,
      publicAccessBlock,
      policyDocument: policyDocument('identity'),
      instant,
      text,
    }).map(([name, { definition }]) => [name, definition]),
  ),
};

/** The members that make a JSON object one of this form: what their entries are named by. */
const NAMED_BY: Readonly<Record<string, string>> = {
  services: 'prefix',
  organizations: 'rootId',
  accounts: 'id',
  policies: 'arn',
  groups: 'arn',
  users: 'arn',
  roles: 'arn',
  instanceProfiles: 'arn',
  oidcProviders: 'arn',
  resources: 'arn',
  vpcEndpoints: 'id',
  knowledge: 'layer',
  wholeLists: 'kind',
};

/** Whether a JSON value is meant to be of this form: it says so, or a list of it holds a named entry. */
export function isOwnDocument(json: JsonValue): json is JsonObject {
  if (!isJsonObject(json)) return false;
  const named = json['$schema'];
  if (typeof named === 'string' && (named === OWN_SCHEMA_ID || named.endsWith(SCHEMA_FILE))) return true;
  return Object.entries(json).some(([name, value]) => {
    const key = Object.hasOwn(NAMED_BY, name) ? NAMED_BY[name] : undefined;
    const [first] = Array.isArray(value) ? value : [];
    return key !== undefined && isJsonObject(first) && typeof first[key] === 'string';
  });
}

/** Throws Misfit. `warn` is told what can be stored and not be understood. */
export function readOwnDocument(json: JsonValue, warn: (place: string, message: string) => void): OwnDocument {
  const { $schema: _, ...read } = document.read(json, new Place((place, message) => warn(place.toString(), message)));
  return read;
}

/** The JSON of a document, its members in the order of the schema. */
export function writeOwnDocument(written: OwnDocument): string {
  return JSON.stringify(document.write(written));
}

/** A line for each entity of a document. */
export function ownLines(written: OwnDocument): readonly string[] {
  return Object.entries(written).flatMap(([kind, entities]) =>
    entities.map((entity: unknown) => writeOwnDocument({ [kind]: [entity] })),
  );
}
