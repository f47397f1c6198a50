import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { OidcProviderRecord } from '../directory/stores/identity-stores.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import {
  type AssumeRoleInput,
  type AssumeRoleParameters,
  assumeRoleParameters,
  toldParameters,
} from './assume-role-parameters.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import { ValidationError } from './errors.ts';
import { type AssumedRole, grantRole } from './grant-role.ts';
import type { SessionTools } from './session-tools.ts';

/** Signatures with public keys only: a provider's key set is known to everybody, and must never serve as a secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Characters: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const TOKEN_LENGTH = { min: 4, max: 20_000 } as const;
/** Seconds by which the clock of a provider may differ. */
export const PROVIDER_CLOCK_TOLERANCE_SECONDS = 60;
const TAGS_CLAIM = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';
/** Control characters and halves of surrogate pairs. */
const UNSTORABLE = /[\p{Cc}\p{Surrogate}]/u;
const NOT_AUTHORIZED = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';

export interface WebIdentityInput
  extends Pick<
    AssumeRoleInput,
    'role' | 'roleSessionName' | 'durationSeconds' | 'sessionPolicies' | 'sessionPolicyArns'
  > {
  /** The ID token of an OpenID Connect provider that is registered in the role's account. */
  readonly webIdentityToken: string;
}

export interface AssumedRoleWithWebIdentity extends AssumedRole {
  readonly provider: string;
  readonly subjectFromWebIdentityToken: string;
  readonly audience: string;
}

/**
 * sts:AssumeRoleWithWebIdentity: a role for the holder of a token from a provider that the role trusts. No credentials are
 * needed, and none count: `call` is anonymous. Throws ValidationError, InvalidIdentityToken, ExpiredToken, AccessDenied
 * (also for a role that does not exist), MalformedPolicyDocument, PackedPolicyTooLarge.
 */
export function assumeRoleWithWebIdentity(
  tools: SessionTools,
  call: Call,
  input: WebIdentityInput,
): Promise<AssumedRoleWithWebIdentity> {
  const action = tools.actions.assumeRoleWithWebIdentity.name;
  const attempted = {
    event: 'AssumeRoleWithWebIdentity',
    action,
    target: input.role,
    parameters: toldParameters(input),
  };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const { webIdentityToken, ...rest } = input;
    const given = assumeRoleParameters(rest);
    const { provider, payload, audience } = await verified(tools, webIdentityToken, given.role, call.now);
    const subject = payload.sub ?? '';
    const parameters = withClaims(given, payload);
    const assumed = await grantRole(tools, {
      call,
      subject: { principal: { kind: 'anonymous' }, assumedRole: null, session: null },
      parameters,
      context: claimKeys(provider, payload),
      mfa: { mfaAuthenticated: null, at: null },
      longestSeconds: null,
      federated: { provider: provider.arn, subject },
      signInId: null,
      event: { ...event, principal: `${provider.arn}:${subject}` },
      refusal: NOT_AUTHORIZED,
    });
    return { ...assumed, provider: provider.arn, subjectFromWebIdentityToken: subject, audience };
  });
}

function invalidToken(message: string, cause?: unknown): RolegateError {
  return new RolegateError('InvalidIdentityToken', message, { field: 'webIdentityToken', cause });
}

/**
 * `host/path` of an issuer: how ARNs and condition keys name it. A slash at its end is part of it: the URL is the `iss` of its
 * tokens as it stands. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function issuerName(url: string): string {
  return url.replace(/^https:\/\//, '');
}

async function verified(
  { directory }: SessionTools,
  token: string,
  role: string,
  now: number,
): Promise<{ readonly provider: OidcProviderRecord; readonly payload: JWTPayload; readonly audience: string }> {
  if (token.length < TOKEN_LENGTH.min || token.length > TOKEN_LENGTH.max) {
    throw invalidToken(
      `The web identity token that was passed has not ${TOKEN_LENGTH.min} to ${TOKEN_LENGTH.max} characters.`,
    );
  }
  const issuer = issuerOf(token);
  const [, partition = 'aws', , , accountId = ''] = role.split(':');
  const arn = `arn:${partition}:iam::${accountId}:oidc-provider/${issuerName(issuer)}`;
  const { oidcProviders } = directory;
  const provider = (await oidcProviders.find(arn)) ?? (await oidcProviders.find(arn.replace(/\/$/, '')));
  if (provider === null || provider.url !== issuer) {
    throw invalidToken('No OpenIDConnect provider found in your account for the issuer of the token');
  }
  const payload = await payloadOf(token, provider, now);
  const audiences = [payload.aud ?? []].flat();
  const audience = audiences.find((each) => provider.clientIds.includes(each));
  if (audience === undefined) throw invalidToken('Incorrect token audience');
  return { provider, payload, audience };
}

/** Only says whose keys to look up: nothing in it is trusted before it is verified. */
function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    // It is looked up in the directory: PostgreSQL texts cannot contain NUL, not even in a search.
    if (typeof iss === 'string' && iss.startsWith('https://') && !UNSTORABLE.test(iss)) return iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
  }
  throw invalidToken('The ID Token provided is not a valid JWT.');
}

async function payloadOf(token: string, provider: OidcProviderRecord, now: number): Promise<JWTPayload> {
  try {
    // as: what was checked to be a key set when it was registered
    const keys = createLocalJWKSet(provider.jwks as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: provider.url,
      requiredClaims: ['sub', 'aud', 'iat', 'exp'],
      currentDate: new Date(now),
      clockTolerance: PROVIDER_CLOCK_TOLERANCE_SECONDS,
    });
    if (typeof payload.sub !== 'string' || payload.sub === '') {
      throw invalidToken('The ID Token provided has no subject.');
    }
    if (typeof payload.iat === 'number' && payload.iat > now / 1000 + PROVIDER_CLOCK_TOLERANCE_SECONDS) {
      throw invalidToken('The ID Token provided was issued in the future.');
    }
    // OpenID Connect allows ASCII here; PostgreSQL stores no NUL, and what the trail cannot record unchanged is refused.
    if (UNSTORABLE.test(payload.sub)) {
      throw invalidToken('The subject of the ID Token provided contains characters that are not allowed.');
    }
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new RolegateError('ExpiredToken', 'Token expired: the web identity token has to be a current one', {
        field: 'webIdentityToken',
        cause: error,
      });
    }
    // A TypeError: the key that the token names does not suit its algorithm; it may be too short.
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw invalidToken("Couldn't verify the web identity token with the keys of its provider.", error);
    }
    throw error;
  }
}

/**
 * The name in the provider's ARN. Before 2026-11-26 it had no slash at its end, whatever the URL: such a provider keeps the name that
 * trust policies know.
 */
function nameOf({ arn }: OidcProviderRecord): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/**
 * The condition keys that follow from the token, by the name of its issuer.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
function claimKeys(provider: OidcProviderRecord, payload: JWTPayload): RequestContext {
  const keys = new Map<string, ContextValue>();
  const name = nameOf(provider);
  const say = (claim: string, value: unknown): void => {
    const list = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null;
    if (typeof value === 'string') keys.set(`${name}:${claim}`.toLowerCase(), value);
    else if (list !== null && list.length > 0) keys.set(`${name}:${claim}`.toLowerCase(), list);
  };
  const { azp, aud, sub, email, amr } = payload;
  const [only] = Array.isArray(aud) && aud.length === 1 ? aud : [];
  // If the token names the party it was issued to, that is its audience, and the token's audience is the original one.
  say('aud', typeof azp === 'string' ? azp : (only ?? aud));
  if (typeof azp === 'string') say('oaud', only ?? aud);
  say('sub', sub);
  say('email', email);
  say('amr', amr);
  return keys;
}

/** Session tags and the source identity that the provider puts into its tokens. */
function withClaims(parameters: AssumeRoleParameters, payload: JWTPayload): AssumeRoleParameters {
  const claim = payload[TAGS_CLAIM];
  const tags = tagsOf(isObject(claim) ? claim['principal_tags'] : undefined);
  const listed = isObject(claim) ? claim['transitive_tag_keys'] : undefined;
  const sourceIdentity = payload[SOURCE_IDENTITY_CLAIM];
  try {
    // They have the same limits as passed ones.
    return assumeRoleParameters({
      ...parameters,
      tags,
      transitiveTagKeys: Array.isArray(listed) ? listed.filter((key) => typeof key === 'string') : [],
      sourceIdentity: typeof sourceIdentity === 'string' ? sourceIdentity : null,
    });
  } catch (error) {
    // Everything else was checked before: it is in the token.
    throw error instanceof ValidationError ? new ValidationError(error.message, 'webIdentityToken') : error;
  }
}

function tagsOf(claim: unknown): { readonly key: string; readonly value: string }[] {
  if (!isObject(claim)) return [];
  return Object.entries(claim).map(([key, value]) => {
    const text: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (typeof text !== 'string') throw invalidToken(`the tag \`${key}\` of the token must have exactly one value`);
    return { key, value: text };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
