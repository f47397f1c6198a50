import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import type { MadeChange } from '../directory/change.ts';
import type { ChangeOptions } from '../directory/entities/entity-store.ts';
import { storable } from '../directory/storable.ts';
import type { OidcProviderRecord } from '../directory/stores/identity-stores.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { audited, iamOperation, tried } from './audited.ts';
import type { Call } from './call.ts';
import { ValidationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';
import { issuerName } from './web-identity.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
const MAX_URL_CHARACTERS = 255;
const MAX_CLIENT_IDS = 100;
const MAX_CLIENT_ID_CHARACTERS = 255;
/** Most keys of one provider, and most characters of their set. */
const MAX_KEYS = 100;
const MAX_JWKS_CHARACTERS = 131_072;

export interface OidcProviderInput {
  readonly accountId: string;
  /** https://host/path: the `iss` of its tokens. */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** JSON text of its key set: the gateway fetches no keys. Null: they are given later, and until then it lets nobody in. */
  readonly jwks: string | null;
}

/** What a change of a provider has made. */
export type Saved = Pick<MadeChange<unknown>, 'revision' | 'touched'>;

/**
 * iam:CreateOpenIDConnectProvider, with the provider's keys. Throws ValidationError, EntityAlreadyExists, NoSuchEntity.
 */
export function createOidcProvider(
  tools: SessionTools,
  call: Call,
  input: OidcProviderInput,
  options: ChangeOptions = {},
): Promise<OidcProviderRecord & Saved> {
  const attempted = iamOperation('CreateOpenIDConnectProvider', arnOf(input), tried(options));
  return audited(tools.directory.audit, call, attempted, async (event) => {
    if (!isAccountId(input.accountId)) throw new ValidationError('an account id has twelve digits', 'accountId');
    checkUrl(input.url);
    const { accountId, url, clientIds } = input;
    checkClientIds(clientIds, input.jwks === null ? 0 : 1);
    const jwks = input.jwks === null ? NO_KEYS : await readJwks(input.jwks);
    const provider = { arn: arnOf(input), accountId, url, clientIds, jwks, createdAt: call.now };
    const { revision, touched } = await tools.directory.oidcProviders.create(provider, event, options);
    return { ...provider, revision, touched };
  });
}

const NO_KEYS: OidcProviderRecord['jwks'] = { keys: [] };

/** Changes of a provider; what is left out does not change. */
export interface OidcProviderChange {
  readonly clientIds?: readonly string[];
  readonly jwks?: string;
}

/** The event of an update in the audit trail: AWS has one operation for each property. */
export const UPDATE_EVENT = 'UpdateOpenIDConnectProvider';

/** The operations of IAM behind an update: AWS changes client ids one by one, and knows the thumbprint of the keys. */
export function operationsOfUpdate({ clientIds, jwks }: OidcProviderChange): readonly [string, ...string[]] {
  const ofKeys = 'UpdateOpenIDConnectProviderThumbprint';
  if (clientIds !== undefined) {
    const ofIds = ['AddClientIDToOpenIDConnectProvider', 'RemoveClientIDFromOpenIDConnectProvider'] as const;
    return jwks === undefined ? ofIds : [...ofIds, ofKeys];
  }
  // A change without effect must not reveal whether the provider exists.
  return [jwks === undefined ? 'GetOpenIDConnectProvider' : ofKeys];
}

/** New keys or audiences of a provider. Throws ValidationError, NoSuchEntity. */
export function updateOidcProvider(
  tools: SessionTools,
  call: Call,
  { arn, ...change }: { readonly arn: string } & OidcProviderChange,
  options: ChangeOptions = {},
): Promise<Saved> {
  const { clientIds, jwks } = change;
  const parameters = tried(options);
  const attempted = {
    event: UPDATE_EVENT,
    action: `iam:${operationsOfUpdate(change)[0]}`,
    target: arn,
    ...(parameters && { parameters }),
  };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    if (clientIds !== undefined) checkClientIds(clientIds, 1);
    const checked = {
      ...(clientIds === undefined ? {} : { clientIds }),
      ...(jwks === undefined ? {} : { jwks: await readJwks(jwks) }),
    };
    return tools.directory.oidcProviders.update(arn, checked, event, options);
  });
}

/** A provider, and one of its audiences. */
export interface ProviderClientId {
  readonly arn: string;
  readonly clientId: string;
}

/**
 * iam:AddClientIDToOpenIDConnectProvider. Does nothing if the provider has it. Throws ValidationError, NoSuchEntity,
 * LimitExceeded.
 */
export function addClientId(tools: SessionTools, call: Call, { arn, clientId }: ProviderClientId): Promise<void> {
  const attempted = iamOperation('AddClientIDToOpenIDConnectProvider', arn, { clientId: shown(clientId) });
  return audited(tools.directory.audit, call, attempted, async (event) => {
    checkClientIds([clientId], 1);
    await tools.directory.oidcProviders.addClientId(arn, clientId, MAX_CLIENT_IDS, event);
  });
}

/** iam:RemoveClientIDFromOpenIDConnectProvider. Does nothing if the provider has it not. Throws ValidationError, NoSuchEntity. */
export function removeClientId(tools: SessionTools, call: Call, { arn, clientId }: ProviderClientId): Promise<void> {
  const attempted = iamOperation('RemoveClientIDFromOpenIDConnectProvider', arn, { clientId: shown(clientId) });
  return audited(tools.directory.audit, call, attempted, async (event) => {
    checkClientIds([clientId], 1);
    await tools.directory.oidcProviders.removeClientId(arn, clientId, event);
  });
}

/** A client id in the audit trail, which also records those that are refused. */
function shown(clientId: string): string {
  return storable(clientId.slice(0, MAX_CLIENT_ID_CHARACTERS));
}

/** iam:DeleteOpenIDConnectProvider. Role sessions that were made with it continue. Throws NoSuchEntity. */
export function deleteOidcProvider(
  tools: SessionTools,
  call: Call,
  arn: string,
  options: ChangeOptions = {},
): Promise<Saved> {
  const attempted = iamOperation('DeleteOpenIDConnectProvider', arn, tried(options));
  return audited(tools.directory.audit, call, attempted, (event) =>
    tools.directory.oidcProviders.remove(arn, event, options),
  );
}

function arnOf({ accountId, url }: Pick<OidcProviderInput, 'accountId' | 'url'>): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${issuerName(url)}`;
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const plain = parsed?.protocol === 'https:' && parsed.search === '' && parsed.hash === '' && parsed.username === '';
  if (plain && url.startsWith('https://') && url.length <= MAX_URL_CHARACTERS && !/[\s"\\\p{Cc}]/u.test(url)) return;
  throw new ValidationError(
    `the URL of a provider begins with https:// and has no query, no fragment and at most ${MAX_URL_CHARACTERS} characters`,
    'url',
  );
}

function checkClientIds(clientIds: readonly string[], least: 0 | 1): void {
  if (clientIds.length < least || clientIds.length > MAX_CLIENT_IDS) {
    throw new ValidationError(`a provider has ${least} to ${MAX_CLIENT_IDS} client ids`, 'clientIds');
  }
  const index = clientIds.findIndex((id) => id === '' || id.length > MAX_CLIENT_ID_CHARACTERS || /\p{Cc}/u.test(id));
  if (index < 0) return;
  throw new ValidationError(
    `a client id has 1 to ${MAX_CLIENT_ID_CHARACTERS} characters, none of them a control character`,
    `clientIds[${index}]`,
  );
}

/** A set of public keys that tokens can be verified with. */
async function readJwks(text: string): Promise<OidcProviderRecord['jwks']> {
  if (text.length > MAX_JWKS_CHARACTERS) {
    throw new ValidationError(`a key set has at most ${MAX_JWKS_CHARACTERS} characters`, 'jwks');
  }
  try {
    const jwks = JSON.parse(text) as JSONWebKeySet; // as: parsing; createLocalJWKSet looks at its form
    createLocalJWKSet(jwks);
    if (jwks.keys.length === 0 || jwks.keys.length > MAX_KEYS) {
      throw new ValidationError(`a key set has 1 to ${MAX_KEYS} keys`, 'jwks');
    }
    for (const [index, key] of jwks.keys.entries()) await checkPublicKey(key, index);
    // U+0000 and halves of surrogate pairs, which PostgreSQL's JSON does not hold.
    if (/\\u(?:0000|d[89a-f])/.test(JSON.stringify(jwks.keys))) throw new SyntaxError('not to be stored');
    return { keys: jwks.keys.map((key) => ({ ...key })) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof errors.JOSEError) {
      throw new ValidationError('not a JSON Web Key Set (RFC 7517)', 'jwks');
    }
    throw error;
  }
}

/** Members that a JSON Web Key has only if it contains a secret. https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const satisfies readonly (keyof JWK)[];
/** Bits of the modulus: the least that is safe, and the most whose cost is acceptable. */
const RSA_BITS = { min: 2048, max: 16_384 } as const;

async function checkPublicKey(key: JWK, index: number): Promise<void> {
  const field = `jwks.keys[${index}]`;
  if (key.kty === 'oct' || PRIVATE_MEMBERS.some((member) => key[member] !== undefined))
    throw new ValidationError('a key set may contain only public keys', field);
  try {
    await importJWK(key, key.alg ?? (key.kty === 'RSA' ? 'RS256' : key.kty === 'EC' ? 'ES256' : 'EdDSA'));
  } catch {
    throw new ValidationError('not an RSA, elliptic curve or Ed25519 key', field);
  }
  if (key.kty === 'RSA') checkRsaKey(key, field);
}

/** With the exponent 1 anybody can make signatures. */
function checkRsaKey({ n = '', e = '' }: JWK, field: string): void {
  const { modulusLength = 0, publicExponent = 0n } =
    createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).asymmetricKeyDetails ?? {};
  if (modulusLength >= RSA_BITS.min && modulusLength <= RSA_BITS.max && publicExponent > 1n) return;
  throw new ValidationError(
    `a key of RSA has ${RSA_BITS.min} to ${RSA_BITS.max} bits and an exponent greater than 1`,
    field,
  );
}
