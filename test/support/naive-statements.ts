/** Whether one statement applies to a request, for the naive evaluator: in plain loops over the document, as it is. */
import type { ActionFacts } from '../../src/evaluation/request.ts';
import type { Doc, Json, NaiveRequest } from './naive-evaluator.ts';

export type Kind = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'trust' | 'vpce';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const list = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : isList(value) ? value : [value];
export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
export const object = (value: Json | undefined): Doc => (value ?? {}) as Doc;

const regexps = new Map<string, RegExp>();
function glob(pattern: string, text: string): boolean {
  let regexp = regexps.get(pattern);
  if (regexp === undefined) {
    const source = Array.from(pattern, (c) =>
      c === '*' ? '[^]*' : c === '?' ? '[^]' : c.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
    );
    regexp = new RegExp(`^${source.join('')}$`);
    regexps.set(pattern, regexp);
  }
  return regexp.test(text);
}

// Characters of values that were put in for variables must not work as wildcards.
const HIDE_STAR = '\u0001';
const HIDE_ONE = '\u0002';
const hide = (text: string): string => text.replaceAll('*', HIDE_STAR).replaceAll('?', HIDE_ONE);
const globHidden = (pattern: string, text: string): boolean => glob(pattern, hide(text));

/** Puts the request's values in place of variables; null: one has none. */
function substitute(q: NaiveRequest, doc: Doc, text: string): string | null {
  if (doc['Version'] !== '2012-10-17') return text;
  let missing = false;
  const out = text.replace(/\$\{([^}]+)\}/g, (_whole, inside: string) => {
    if (inside === '*' || inside === '?' || inside === '$') return hide(inside);
    const [, key = inside, , fallback] = /^([^,]*)(,\s*'(.*)')?$/.exec(inside) ?? [];
    const value = contextValue(q, key.trim()) ?? fallback;
    if (typeof value !== 'string' || MULTI.has(key.trim().toLowerCase())) {
      missing = true;
      return '';
    }
    return hide(value);
  });
  return missing ? null : out;
}

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

const tag = (tags: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.entries(tags).find(([k]) => k.toLowerCase() === key)?.[1];

type Value = string | readonly string[] | undefined;

function contextValue(q: NaiveRequest, written: string): Value {
  const key = written.toLowerCase();
  const raw = q.context.get(key);
  const given = Array.isArray(raw) && raw.length === 0 ? undefined : raw;
  const known = knownValue(q, key);
  if (known === 'fromRequest') return given;
  return q.authority === 'context' ? (given ?? known.value) : known.value;
}

/** What the engine knows of a key by itself (section "keys the engine fills"), or that it has to come with the request. */
function knownValue(q: NaiveRequest, key: string): { readonly value: Value } | 'fromRequest' {
  const p = q.principal;
  const r = q.resource;
  if (key === 'aws:currenttime') return { value: new Date(q.now).toISOString() };
  if (key === 'aws:epochtime') return { value: String(Math.floor(q.now / 1000)) };
  if (key.startsWith('aws:multifactorauth')) {
    return p.kind === 'user' || p.kind === 'root' ? 'fromRequest' : { value: undefined };
  }
  if (key.includes(':resourcetag/')) {
    return r.tags === null ? 'fromRequest' : { value: tag(r.tags, key.slice(key.indexOf('/') + 1)) };
  }
  if (key === 'aws:resourceaccount' || key === 'aws:resourceorgid') {
    if (ownerOf(q) === null) return 'fromRequest';
    return { value: key === 'aws:resourceaccount' ? (ownerOf(q) ?? undefined) : r.organization?.id };
  }
  if (key.startsWith('aws:principaltag/')) {
    const name = key.slice('aws:principaltag/'.length);
    if (p.kind === 'roleSession') return { value: tag(p.tags, name) ?? tag(p.role.tags, name) };
    return { value: p.kind === 'user' || p.kind === 'federatedUser' ? tag(p.tags, name) : undefined };
  }
  if (!/^aws:(principal|userid|username|tokenissuetime|sourceidentity)/.test(key)) return 'fromRequest';
  if (p.kind === 'anonymous') {
    const anonymous: Record<string, string> = {
      'aws:principalaccount': 'anonymous',
      'aws:principaltype': 'Anonymous',
      'aws:userid': 'anonymous',
    };
    return { value: anonymous[key] };
  }
  if (p.kind === 'service') {
    const service: Record<string, Value> = {
      'aws:principalisawsservice': 'true',
      'aws:principalservicename': p.service,
      'aws:principalservicenameslist': [p.service],
    };
    return { value: service[key] };
  }
  const session = p.kind === 'roleSession' ? p : null;
  const temporary = p.kind === 'roleSession' || p.kind === 'federatedUser' ? p : null;
  const values: Record<string, Value> = {
    'aws:principalarn': session === null ? (p as { arn: string }).arn : session.role.arn,
    'aws:principalaccount': p.accountId,
    'aws:principalorgid': p.organization?.id,
    'aws:principalorgpaths': p.organization === null ? undefined : [p.organization.path],
    'aws:principaltype': { user: 'User', roleSession: 'AssumedRole', federatedUser: 'FederatedUser', root: 'Account' }[
      p.kind
    ],
    'aws:principalisawsservice': 'false',
    'aws:username': p.kind === 'user' ? p.name : undefined,
    'aws:tokenissuetime': temporary === null ? undefined : new Date(temporary.issuedAt ?? q.now).toISOString(),
    'aws:sourceidentity': session?.sourceIdentity ?? undefined,
  };
  if (key === 'aws:userid') {
    if (p.kind === 'user') return { value: p.id };
    if (p.kind === 'root') return { value: p.accountId };
    if (p.kind === 'federatedUser') return { value: `${p.accountId}:${p.name}` };
    return { value: p.sessionName === null ? undefined : `${p.role.id}:${p.sessionName}` };
  }
  return { value: values[key] };
}

export function actionMatches(statement: Doc, action: ActionFacts): boolean {
  const asked = action.name.toLowerCase();
  const hits = (entry: Json): boolean => {
    const text = textOf(entry).toLowerCase();
    if (text === '*' || text === '*:*') return true;
    return /^[a-z0-9.-]+:[^\s,:]+$/.test(text) && glob(text, asked);
  };
  if (statement['Action'] !== undefined) return list(statement['Action']).some(hits);
  return !list(statement['NotAction']).some(hits);
}

function resourceEntry(q: NaiveRequest, doc: Doc, kind: Kind, entry: string, arn: string): boolean | null {
  if (/^\*+$/.test(entry)) return true;
  const cut = (text: string): string[] => {
    const [a = '', b, c, d, e, ...rest] = text.split(':');
    return [a, b, c, d, e, rest.length === 0 ? undefined : rest.join(':')].filter((x): x is string => x !== undefined);
  };
  let wanted = cut(entry);
  if (wanted.length < 6) {
    const wild = entry.includes('*') || entry.includes('?');
    if (kind === 'rcp') return false;
    if (kind === 'scp' && !entry.endsWith('*')) return false;
    if ((kind === 'resource' || kind === 'trust' || kind === 'vpce') && !wild) return false;
    wanted = [...wanted, ...Array<string>(6 - wanted.length).fill('*')];
  }
  const given = cut(arn);
  if (given.length < 6) return false;
  for (let i = 0; i < 5; i += 1)
    if (!glob((wanted[i] ?? '').toLowerCase(), (given[i] ?? '').toLowerCase())) return false;
  const last = substitute(q, doc, wanted[5] ?? '');
  return last === null ? null : globHidden(last, given[5] ?? '');
}

export function resourceMatches(q: NaiveRequest, doc: Doc, kind: Kind, statement: Doc, arn: string): boolean {
  const positive = statement['Resource'] !== undefined;
  if (!positive && statement['NotResource'] === undefined) return true;
  for (const entry of list(positive ? statement['Resource'] : statement['NotResource'])) {
    const verdict = resourceEntry(q, doc, kind, textOf(entry), arn);
    if (verdict === true) return positive;
    if (verdict === null && !positive && statement['Effect'] === 'Allow') return false;
  }
  return !positive;
}

const parseDate = (text: string): number => (/^\d{5,}$|^\d{1,3}$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const toNumber = (text: string): number => (/^[+-]?\d+(\.\d*)?$|^[+-]?\.\d+$/.test(text) ? Number(text) : Number.NaN);

const bytes = (text: string): Buffer | null =>
  /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3}={0,2})?$/.test(text) ? Buffer.from(text, 'base64') : null;

/** true, false, or null when a value is not of the operator's type. */
function compare(q: NaiveRequest, doc: Doc, operator: string, given: string, policyValue: string): boolean | null {
  const base = operator.replace('Not', '');
  const numbers = (a: number, b: number): boolean | null => {
    if (Number.isNaN(a) || Number.isNaN(b)) return null;
    if (base.endsWith('LessThan')) return a < b;
    if (base.endsWith('LessThanEquals')) return a <= b;
    if (base.endsWith('GreaterThan')) return a > b;
    return base.endsWith('GreaterThanEquals') ? a >= b : a === b;
  };
  if (base.startsWith('Numeric')) return numbers(toNumber(given), toNumber(policyValue));
  if (base.startsWith('Date')) return numbers(parseDate(given), parseDate(policyValue));
  if (base === 'IpAddress') return inRange(given, policyValue);
  if (base === 'BinaryEquals') {
    const [a, b] = [bytes(given), bytes(policyValue)];
    return a === null || b === null ? null : a.equals(b);
  }
  if (base === 'Bool' && !/^(true|false)$/i.test(given)) return null;
  if (base.startsWith('Arn') && given.split(':').length < 6) return null;
  const wanted = substitute(q, doc, policyValue);
  if (wanted === null) return false;
  if (base === 'StringEquals') return hide(given) === hide(wanted);
  if (base === 'StringEqualsIgnoreCase' || base === 'Bool')
    return hide(given).toLowerCase() === hide(wanted).toLowerCase();
  if (base === 'StringLike') return globHidden(wanted, given);
  return arnLike(wanted, given);
}

function arnLike(wanted: string, given: string): boolean | null {
  if (/^\*+$/.test(wanted)) return true;
  const a = wanted.split(':');
  const b = given.split(':');
  if (a.length < 6) return null;
  const ends = [a.slice(5).join(':'), b.slice(5).join(':')];
  return [0, 1, 2, 3, 4].every((i) => globHidden(a[i] ?? '', b[i] ?? '')) && globHidden(ends[0] ?? '', ends[1] ?? '');
}

function inRange(given: string, range: string): boolean | null {
  const address = (text: string): bigint | null => {
    if (!/^\d+(\.\d+){3}$/.test(text)) return null;
    return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  };
  const [base = '', length = '32'] = range.split('/');
  const [a, b] = [address(given), address(base)];
  if (given.includes(':')) return b === null ? null : false;
  if (a === null || b === null) return null;
  const shift = BigInt(32 - Number(length));
  return a >> shift === b >> shift;
}

const OPERATORS =
  /^(String(Not)?(Equals|EqualsIgnoreCase|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))$/;

function conditionHolds(q: NaiveRequest, doc: Doc, full: string, key: string, values: readonly string[]): boolean {
  const value = contextValue(q, key);
  const set = full.includes(':') ? full.slice(0, full.indexOf(':')) : null;
  const bare = set === null ? full : full.slice(full.indexOf(':') + 1);
  if (bare === 'Null') return values.some((v) => v.toLowerCase() === String(value === undefined));
  const ifExists = bare.endsWith('IfExists');
  const operator = ifExists ? bare.slice(0, -'IfExists'.length) : bare;
  if (!OPERATORS.test(operator)) return false;
  const negated = operator.includes('Not');
  const one = (given: string): boolean => {
    const verdicts = values.map((v) => compare(q, doc, operator, given, v));
    return negated ? verdicts.every((v) => v === false) : verdicts.includes(true);
  };
  if (set !== null) {
    const given = (value === undefined ? [] : typeof value === 'string' ? [value] : value).filter((v) => v !== '');
    if (given.length === 0) return set === 'ForAllValues' || ifExists;
    return set === 'ForAllValues' ? given.every(one) : given.some(one);
  }
  if (value === undefined) return negated || ifExists;
  return typeof value === 'string' && !MULTI.has(key.toLowerCase()) && one(value);
}

export function conditionsHold(q: NaiveRequest, doc: Doc, statement: Doc): boolean {
  return Object.entries(object(statement['Condition'])).every(([operator, keys]) =>
    Object.entries(object(keys)).every(([key, values]) =>
      conditionHolds(q, doc, operator, key, list(values).map(textOf)),
    ),
  );
}

export function ownerOf(q: NaiveRequest): string | null {
  const inArn = q.resource.arn.split(':')[4] ?? '';
  return q.resource.accountId ?? (/^\d{12}$/.test(inArn) ? inArn : null);
}
