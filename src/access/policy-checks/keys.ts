import type { KeyForm } from '../../analysis/grants/key-values.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { ARN_KEYS } from '../../policy/arn-keys.ts';
import type { Condition } from '../../policy/condition.ts';
import type { ContextKey } from '../../policy/context-key.ts';
import { readOperator } from '../../policy/operator.ts';
import { allKeys, globalKeys, serviceKeys } from '../../validation/keys.ts';

/**
 * Where the value of a condition key comes from in a request that is made up: from its caller, from its resource, or it is chosen by
 * itself. Ids, tags and organizations of a caller are chosen: nothing follows from its ARN.
 */
export type KeySource = 'caller' | 'resource' | 'chosen';

const OF_CALLER: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:username',
  'kms:calleraccount',
]);

/** Keys that a request usually has from its resource, and can have otherwise. */
const USUALLY_OF_RESOURCE: ReadonlySet<string> = new Set([
  'secretsmanager:secretid',
  'lambda:functionarn',
  'ecs:cluster',
  // Also those of a request on a bucket that comes through an access point:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  's3express:dataaccesspointarn',
  's3express:dataaccesspointaccount',
  's3-outposts:dataaccesspointarn',
  's3-outposts:dataaccesspointaccount',
  ...ARN_KEYS,
]);

const OF_RESOURCE: ReadonlySet<string> = new Set([
  'aws:resourceaccount',
  's3:resourceaccount',
  's3express:resourceaccount',
  'aws:requestedregion',
  'ec2:region',
  ...USUALLY_OF_RESOURCE,
]);

/** Only sessions of roles can have them. */
const OF_SESSIONS: ReadonlySet<string> = new Set(['aws:federatedprovider', 'aws:sourceidentity']);

export function sourceOf(key: ContextKey, kind: PrincipalFacts['kind']): KeySource {
  if (OF_CALLER.has(key.name)) return 'caller';
  if (OF_RESOURCE.has(key.name)) return 'resource';
  // Services and anonymous callers have neither tags nor an organization, and only users prove MFA.
  if (key.owner === 'principal' && (kind === 'service' || kind === 'anonymous')) return 'caller';
  if (OF_SESSIONS.has(key.name) && kind !== 'roleSession') return 'caller';
  // The root user has no tags; its id, and that of a federated user, follow from their ARNs.
  if (key.owner === 'principal' && key.tag !== null && kind === 'root') return 'caller';
  if (key.name === 'aws:userid' && (kind === 'root' || kind === 'federatedUser')) return 'caller';
  if (key.owner === 'mfa' && kind !== 'user' && kind !== 'root') return 'caller';
  return 'chosen';
}

export function isUsuallyOfResource({ name }: ContextKey): boolean {
  return USUALLY_OF_RESOURCE.has(name);
}

/** Keys that every request to AWS has. */
const ALWAYS: ReadonlySet<string> = new Set([
  'aws:userid',
  'aws:securetransport',
  'aws:viaawsservice',
  'aws:currenttime',
  'aws:epochtime',
]);

/** Its calls have the name of a session: sts:AssumeRole, sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity. */
const ASSUMES_ROLE = /^sts:AssumeRole(?:With|$)/i;

/** The values that requests of a caller of this kind can have for a key on which there are these conditions. */
export function formOf(
  catalog: Catalog,
  key: ContextKey,
  uses: readonly Condition[],
  kind: PrincipalFacts['kind'],
  action: string,
): KeyForm {
  const declared = typeOf(catalog, key);
  const type = key.owner === 'time' ? 'Date' : declared.replace(/^ArrayOf/, '');
  const asked = uses.some(({ operator }) => {
    const quantifier = readOperator(operator)?.quantifier;
    return quantifier === 'forAnyValue' || quantifier === 'forAllValues';
  });
  const isList = declared.startsWith('ArrayOf') || key.multiValued || (declared === '' && asked);
  // The values of keys that services declare as ARNs are not always ARNs.
  const isText = type === 'ARN' && !key.name.startsWith('aws:');
  const isIssued = key.name === 'aws:tokenissuetime' && kind !== 'user' && kind !== 'root';
  const isSession = key.name === 'sts:rolesessionname' && ASSUMES_ROLE.test(action);
  return {
    type: isText ? 'String' : key.name === 'aws:epochtime' ? 'Epoch' : type,
    isList,
    always: ALWAYS.has(key.name) || isIssued || isSession,
  };
}

function typeOf(catalog: Catalog, { name }: ContextKey): string {
  const global = globalKeys(catalog).find(name);
  if (global !== null) return global.type;
  const service = catalog.service(name.slice(0, Math.max(0, name.indexOf(':'))));
  if (service === null) return '';
  return (serviceKeys(service).find(name) ?? allKeys(catalog).find(name))?.type ?? '';
}
