import { AuthenticationError } from '../../session/errors.ts';
import { queryPairs } from './canonical-request.ts';
import { headerOf, type SignedRequest } from './signed-request.ts';

/** What a request says about its signature, in the Authorization header or in its query (presigned). */
export interface Signature {
  readonly place: 'header' | 'query';
  readonly keyId: string;
  /** `20261126/us-east-1/sts`, taken apart. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** In the order in which they are named, lower case. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** `20261126T024422Z` */
  readonly stamp: string;
  /** Milliseconds since 1970 of the stamp. */
  readonly signedAt: number;
  /** Of temporary credentials; null: not sent. */
  readonly sessionToken: string | null;
  /** Seconds that a presigned request is valid; null: signed in the header. */
  readonly expiresIn: number | null;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Characters. AWS's own have a few hundred. */
const MAX_HEADER_CHARACTERS = 8192;
/** Any: the gateway is the same in all of them. */
const REGION = /^[A-Za-z0-9-]{1,64}$/;
const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** Seconds: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const MOST_SECONDS = 604_800;

/**
 * The signature of a request; null: it is not signed at all. Throws AuthenticationError: IncompleteSignature for every other
 * form and algorithm, also SigV4A.
 */
export function signatureOf(request: SignedRequest): Signature | null {
  const authorization = headerOf(request, 'authorization');
  if (authorization !== null) return inHeader(request, authorization);
  const query = new Map(queryPairs(request.query));
  return query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm') ? inQuery(query) : null;
}

function inHeader(request: SignedRequest, authorization: string): Signature {
  const [, algorithm, list] =
    authorization.length > MAX_HEADER_CHARACTERS ? [] : (/^(\S+) +(.*)$/.exec(authorization) ?? []);
  const once = (request.headers.get('authorization')?.length ?? 0) === 1;
  if (algorithm !== ALGORITHM || list === undefined || !once) throw incomplete('the Authorization header');
  const parts = partsOf(list);
  return signature('header', {
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    stamp: headerOf(request, 'x-amz-date') ?? stampOfDate(headerOf(request, 'date')),
    sessionToken: headerOf(request, 'x-amz-security-token'),
    expires: null,
  });
}

/** `Credential=…, SignedHeaders=…, Signature=…`, each once. */
function partsOf(list: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of list.split(',')) {
    const [name = '', ...value] = part.trim().split('=');
    if (parts.has(name)) throw incomplete('the Authorization header: each of its parts is given once');
    parts.set(name, value.join('='));
  }
  return parts;
}

function inQuery(query: ReadonlyMap<string, string>): Signature {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw incomplete('X-Amz-Algorithm');
  return signature('query', {
    credential: query.get('X-Amz-Credential'),
    signedHeaders: query.get('X-Amz-SignedHeaders'),
    signature: query.get('X-Amz-Signature'),
    stamp: query.get('X-Amz-Date') ?? null,
    sessionToken: query.get('X-Amz-Security-Token') ?? null,
    expires: query.get('X-Amz-Expires') ?? '',
  });
}

interface Parts {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly stamp: string | null;
  readonly sessionToken: string | null;
  readonly expires: string | null;
}

function signature(place: Signature['place'], parts: Parts): Signature {
  const [keyId, date, region, service, end, ...more] = (parts.credential ?? '').split('/');
  const isScope = keyId && date && service && end === 'aws4_request' && more.length === 0;
  if (!isScope || region === undefined || !REGION.test(region)) throw incomplete('the Credential');
  const { stamp } = parts;
  const signedAt = stamp === null ? Number.NaN : timeOf(stamp);
  if (stamp === null || !Number.isFinite(signedAt)) throw incomplete('the date');
  const named = parts.signedHeaders ?? '';
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+(;[a-z0-9!#$%&'*+.^_`|~-]+)*$/.test(named)) throw incomplete('SignedHeaders');
  const signedHeaders = named.split(';');
  if (!signedHeaders.includes('host')) throw incomplete('SignedHeaders: host is not among them');
  if (!/^[0-9a-f]{64}$/.test(parts.signature ?? '')) throw incomplete('the Signature');
  return {
    place,
    keyId,
    date,
    region,
    service,
    signedHeaders,
    signature: parts.signature ?? '',
    stamp,
    signedAt,
    sessionToken: parts.sessionToken,
    expiresIn: parts.expires === null ? null : seconds(parts.expires),
  };
}

function seconds(text: string): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > MOST_SECONDS) throw incomplete(`X-Amz-Expires: it must be 1 to ${MOST_SECONDS}`);
  return value;
}

/** NaN: it is no instant. */
function timeOf(stamp: string): number {
  const [, year, month, day, hours, minutes, secs] = STAMP.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${secs}Z`);
}

/** Old clients send `Date` alone. Null: it is none. */
function stampOfDate(date: string | null): string | null {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isFinite(time) ? new Date(time).toISOString().replace(/[-:]|\.\d+/g, '') : null;
}

function incomplete(what: string): AuthenticationError {
  return new AuthenticationError('IncompleteSignature', { message: `${INCOMPLETE}: check ${what}` });
}

const INCOMPLETE = 'The request signature does not conform to AWS standards';
