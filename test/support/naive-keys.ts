/** Condition keys: what each holds for a request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
import { assumedValue, serviceKeyValue } from './naive-call-keys.ts';
import { type Doc, type Known, type NaiveRequest, ownerOf, type Value } from './naive-request.ts';
import { hide } from './naive-text.ts';

const MULTI = new Set([
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:tagkeys',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:vpceorgpaths',
  'aws:calledvia',
  'sts:transitivetagkeys',
]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
export const isMultivalued = (key: string): boolean => MULTI.has(key.toLowerCase());

const tag = (tags: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.entries(tags).find(([k]) => k.toLowerCase() === key)?.[1];

/** Keys are compared without case; undefined: the request has none. */
export function contextValue(q: NaiveRequest, written: string): Value {
  const key = written.toLowerCase();
  const raw = q.context.get(key);
  const given = Array.isArray(raw) && raw.length === 0 ? undefined : raw;
  const known = knownValue(q, key);
  if (known === 'fromRequest') return given ?? (q.assumes === true ? assumedValue(q, key) : undefined);
  return q.authority === 'context' ? (given ?? known.value) : known.value;
}

function knownValue(q: NaiveRequest, key: string): Known {
  if (key === 'aws:currenttime') return { value: new Date(q.now).toISOString() };
  if (key === 'aws:epochtime') return { value: String(Math.floor(q.now / 1000)) };
  if (key.startsWith('aws:multifactorauth')) return ofMfa(q, key);
  if (key.startsWith('aws:resource') || isResourceTag(key)) return ofResource(q, key);
  if (/^aws:(principal|userid|username|tokenissuetime|sourceidentity)/.test(key)) return { value: ofPrincipal(q, key) };
  return serviceKeyValue(q, key);
}

/**
 * Sessions of AssumeRole and GetFederationToken say that there was none, however they were made.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
function ofMfa({ principal: { kind } }: NaiveRequest, key: string): Known {
  if (kind === 'user' || kind === 'root') return 'fromRequest';
  const isSession = kind === 'roleSession' || kind === 'federatedUser';
  return { value: isSession && key === 'aws:multifactorauthpresent' ? 'false' : undefined };
}

const isResourceTag = (key: string): boolean => key.includes(':resourcetag/') || key.startsWith('s3:buckettag/');

function ofResource(q: NaiveRequest, key: string): Known {
  const { tags, organization } = q.resource;
  if (isResourceTag(key)) {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html: of buckets, not of what is in them.
    if (/^arn:[^:]+:s3:::[^/]+\//.test(q.resource.arn)) return { value: undefined };
    return tags === null ? 'fromRequest' : { value: tag(tags, key.slice(key.indexOf('/') + 1)) };
  }
  const owner = ownerOf(q);
  if (owner === null) return 'fromRequest';
  if (key === 'aws:resourceaccount') return { value: owner };
  return key === 'aws:resourceorgid' ? { value: organization?.id } : 'fromRequest';
}

function ofPrincipal(q: NaiveRequest, key: string): Value {
  const p = q.principal;
  if (p.kind === 'anonymous') {
    const anonymous: Record<string, string> = {
      'aws:principalaccount': 'anonymous',
      'aws:principaltype': 'Anonymous',
      'aws:userid': 'anonymous',
    };
    return anonymous[key];
  }
  if (p.kind === 'service') {
    const service: Record<string, Value> = {
      'aws:principalisawsservice': 'true',
      'aws:principalservicename': p.service,
      'aws:principalservicenameslist': [p.service],
    };
    return service[key];
  }
  if (key.startsWith('aws:principaltag/')) {
    const name = key.slice('aws:principaltag/'.length);
    if (p.kind === 'roleSession') return tag(p.tags, name) ?? tag(p.role.tags, name);
    return p.kind === 'root' ? undefined : tag(p.tags, name);
  }
  const session = p.kind === 'roleSession' ? p : null;
  const temporary = p.kind === 'roleSession' || p.kind === 'federatedUser' ? p : null;
  const values: Record<string, Value> = {
    'aws:principalarn': p.kind === 'roleSession' ? p.role.arn : p.arn,
    'aws:principalaccount': p.accountId,
    'aws:principalorgid': p.organization?.id,
    'aws:principalorgpaths': p.organization === null ? undefined : [p.organization.path],
    'aws:principaltype': { user: 'User', roleSession: 'AssumedRole', federatedUser: 'FederatedUser', root: 'Account' }[
      p.kind
    ],
    'aws:principalisawsservice': 'false',
    'aws:userid': userId(p),
    'aws:username': p.kind === 'user' ? p.name : undefined,
    'aws:tokenissuetime': temporary === null ? undefined : new Date(temporary.issuedAt ?? q.now).toISOString(),
    'aws:sourceidentity': session?.sourceIdentity ?? undefined,
  };
  return values[key];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
function userId(p: Exclude<NaiveRequest['principal'], { kind: 'service' | 'anonymous' }>): string | undefined {
  if (p.kind === 'user') return p.id;
  if (p.kind === 'root') return p.accountId;
  if (p.kind === 'federatedUser') return `${p.accountId}:${p.name}`;
  return p.sessionName === null ? undefined : `${p.role.id}:${p.sessionName}`;
}

/**
 * Puts the request's values in place of variables; null: one has none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function substitute(q: NaiveRequest, doc: Doc, text: string): string | null {
  if (!knowsVariables(doc)) return text;
  let missing = false;
  const out = text.replace(/\$\{([^}]+)\}/g, (_whole, inside: string) => {
    if (inside === '*' || inside === '?' || inside === '$') return hide(inside);
    const [, key = inside, , fallback] = /^([^,]*)(,\s*'(.*)')?$/.exec(inside) ?? [];
    const value = contextValue(q, key.trim()) ?? fallback;
    if (typeof value !== 'string' || isMultivalued(key.trim())) {
      missing = true;
      return '';
    }
    return hide(value);
  });
  return missing ? null : out;
}

export const knowsVariables = (doc: Doc): boolean => doc['Version'] === '2012-10-17';
