import type { JWK } from 'jose';
import type { Access } from '../access/access.ts';
import type { ChangeOptions } from '../directory/entities/entity-store.ts';
import type { OidcProviderRecord } from '../directory/stores/identity-stores.ts';
import {
  accountOfKey,
  createAccessKey,
  deleteAccessKey,
  type KeyName,
  type KeyOwner,
  type NewAccessKey,
  setAccessKeyActive,
} from './access-keys.ts';
import { checkStillCounts } from './acting.ts';
import { assumeInstanceProfile, assumeRole } from './assume-role.ts';
import type { AssumeRoleInput } from './assume-role-parameters.ts';
import { audited } from './audited.ts';
import { bySignature, type Proven, prove, type SignedWith } from './authenticate.ts';
import { aCall, type Call, type CallOrigin } from './call.ts';
import type { Caller, PrincipalCaller } from './caller.ts';
import { type CallerIdentity, callerIdentity } from './caller-identity.ts';
import {
  type CheckerRotationInput,
  createChecker,
  type IssuedChecker,
  type NewCheckerInput,
  revokeChecker,
  rotateChecker,
} from './checkers.ts';
import type { TemporaryCredentials } from './credentials.ts';
import { type ChangeSets, createEntityChanges, type EntityChanges } from './entity-changes.ts';
import { type ExitedRole, exitRole } from './exit-role.ts';
import type { AssumedRole } from './grant-role.ts';
import * as mfa from './mfa.ts';
import * as oidc from './oidc-provider.ts';
import { revokeRoleSessions } from './revoke.ts';
import type { Secrets } from './secrets.ts';
import { SessionTokens } from './session-token.ts';
import type { SessionDirectory, SessionTools } from './session-tools.ts';
import { authenticateSignIn, type SignInInput, signIn, signOut } from './sign-in.ts';
import { switchRole } from './switch-role.ts';
import {
  type FederationToken,
  type FederationTokenInput,
  getFederationToken,
  getSessionToken,
  type SessionTokenInput,
} from './temporary-credentials.ts';
import type { SignedIn } from './token-sign-in.ts';
import { type AssumedRoleWithWebIdentity, assumeRoleWithWebIdentity, type WebIdentityInput } from './web-identity.ts';

type Origin = Partial<CallOrigin>;
/** All but the first two arguments of one of this folder's operations. */
type InputOf<F extends (...args: never[]) => unknown> = Parameters<F>[2];

/**
 * Becoming somebody: credentials, assuming a role and leaving it. `now`: milliseconds since 1970. `origin`: where the call
 * comes from, for condition keys and the audit trail; parts that are left out are not known. Everything that does more
 * than read is recorded in the audit trail, including refusals. The guard decides before whether the caller may manage
 * others' keys, devices, providers and roles.
 */
export interface Sessions extends EntityChanges, ChangeSets {
  /** The caller, by the Authorization header. Throws AuthenticationError. */
  authenticate(authorization: string | null, now: number): Promise<Caller>;
  /** The same, for several requests with one header. Throws AuthenticationError. */
  prove(authorization: string, now: number): Promise<Proven>;
  /** The caller, by the signature of its request. Throws AuthenticationError. */
  authenticateSigned(signed: SignedWith, now: number): Promise<PrincipalCaller>;
  /** The caller, by the value of a browser's cookie. Throws AuthenticationError. */
  authenticateSignIn(token: string, now: number): Promise<Caller>;
  /**
   * Throws AuthenticationError if the caller's session, key, sign-in, checker or user has ended since it was found out. Every
   * change looks at it in its own transaction; this is for what comes later in the same request.
   */
  checkStillCounts(caller: Caller, now: number): Promise<void>;
  /** Signs a browser in with a long-term key or a token. Throws AuthenticationError, AccessDenied (MFA). */
  signIn(input: SignInInput, now: number, origin?: Origin): Promise<SignedIn>;
  signOut(caller: Caller, now: number, origin?: Origin): Promise<void>;
  /** sts:AssumeRole; with a browser's sign-in, switchRole. */
  assumeRole(caller: Caller, input: AssumeRoleInput, now: number, origin?: Origin): Promise<AssumedRole>;
  /** As in AWS's console: for signed-in browsers. */
  switchRole(caller: Caller, input: { readonly role: string }, now: number, origin?: Origin): Promise<AssumedRole>;
  assumeInstanceProfile(
    caller: Caller,
    input: InputOf<typeof assumeInstanceProfile>,
    now: number,
    origin?: Origin,
  ): Promise<AssumedRole>;
  /** For anybody with a token of a provider that the role trusts. */
  assumeRoleWithWebIdentity(input: WebIdentityInput, now: number, origin?: Origin): Promise<AssumedRoleWithWebIdentity>;
  getSessionToken(
    caller: Caller,
    input: SessionTokenInput,
    now: number,
    origin?: Origin,
  ): Promise<TemporaryCredentials>;
  getFederationToken(
    caller: Caller,
    input: FederationTokenInput,
    now: number,
    origin?: Origin,
  ): Promise<FederationToken>;
  getCallerIdentity(caller: Caller): Promise<CallerIdentity>;
  /** Id of the account that a key belongs to, also that of temporary credentials. Null: there is no such key, or it is a service's. */
  getAccessKeyAccount(accessKeyId: string): Promise<string | null>;
  /** Ends the caller's role session at once. Throws ValidationError if the caller is in no role. */
  exitRole(caller: Caller, now: number, origin?: Origin): Promise<ExitedRole>;
  /** Ends the validity of all older sessions of a role, by the inline policy AWSRevokeOlderSessions. */
  revokeRoleSessions(
    caller: Caller,
    roleArn: string,
    now: number,
    origin?: Origin,
  ): Promise<{ readonly policyName: string; readonly document: string }>;
  /** A new long-term key of a user or of a service. Throws LimitExceeded, NoSuchEntity, BAD_USER_INPUT. */
  createAccessKey(owner: KeyOwner, caller?: Caller, now?: number, origin?: Origin): Promise<NewAccessKey>;
  setAccessKeyActive(
    caller: Caller,
    input: InputOf<typeof setAccessKeyActive>,
    now: number,
    origin?: Origin,
  ): Promise<void>;
  /** Throws NoSuchEntity. */
  deleteAccessKey(caller: Caller, input: KeyName, now: number, origin?: Origin): Promise<void>;
  createVirtualMfaDevice(
    caller: Caller,
    input: InputOf<typeof mfa.createVirtualMfaDevice>,
    now: number,
    origin?: Origin,
  ): Promise<mfa.NewMfaDevice>;
  enableMfaDevice(
    caller: Caller,
    input: InputOf<typeof mfa.enableMfaDevice>,
    now: number,
    origin?: Origin,
  ): Promise<void>;
  deactivateMfaDevice(
    caller: Caller,
    input: InputOf<typeof mfa.deactivateMfaDevice>,
    now: number,
    origin?: Origin,
  ): Promise<void>;
  deleteVirtualMfaDevice(caller: Caller, serialNumber: string, now: number, origin?: Origin): Promise<void>;
  createOidcProvider(
    caller: Caller,
    input: oidc.OidcProviderInput,
    now: number,
    origin?: Origin,
    options?: ChangeOptions,
  ): Promise<OidcProviderRecord & oidc.Saved>;
  updateOidcProvider(
    caller: Caller,
    input: InputOf<typeof oidc.updateOidcProvider>,
    now: number,
    origin?: Origin,
    options?: ChangeOptions,
  ): Promise<oidc.Saved>;
  addOidcClientId(caller: Caller, input: oidc.ProviderClientId, now: number, origin?: Origin): Promise<void>;
  removeOidcClientId(caller: Caller, input: oidc.ProviderClientId, now: number, origin?: Origin): Promise<void>;
  deleteOidcProvider(
    caller: Caller,
    arn: string,
    now: number,
    origin?: Origin,
    options?: ChangeOptions,
  ): Promise<oidc.Saved>;
  createChecker(caller: Caller, input: NewCheckerInput, now: number, origin?: Origin): Promise<IssuedChecker>;
  rotateChecker(caller: Caller, input: CheckerRotationInput, now: number, origin?: Origin): Promise<IssuedChecker>;
  revokeChecker(caller: Caller, checkerId: string, now: number, origin?: Origin): Promise<void>;
  /** For the operator: creates the next generation of the signing key and returns its number. `retireOlder`: ends all older tokens. */
  rotateSigningKey(
    caller: Caller,
    input: { readonly retireOlder?: boolean },
    now: number,
    origin?: Origin,
  ): Promise<number>;
  /** The public keys of all tokens that can be valid at `now`. */
  jwks(now: number): Promise<{ readonly keys: readonly JWK[] }>;
}

const anonymous: Caller = { kind: 'anonymous' };
const operator: Caller = { kind: 'operator' };

/** Makes an operation of this folder take the parts of its call. */
function operationsOn(tools: SessionTools) {
  return <I, T, Rest extends readonly unknown[]>(
    operation: (tools: SessionTools, call: Call, input: I, ...rest: Rest) => Promise<T>,
  ) =>
    (caller: Caller, input: I, now: number, origin?: Origin, ...rest: Rest): Promise<T> =>
      operation(tools, aCall(caller, now, origin), input, ...rest);
}

export function createSessions(options: {
  readonly directory: SessionDirectory;
  readonly access: Access;
  readonly secrets: Secrets;
}): Sessions {
  const { directory, access, secrets } = options;
  const tokens = new SessionTokens(directory.signingKeys, secrets);
  const tools: SessionTools = {
    directory,
    secrets,
    tokens,
    actions: access.assumptionActions,
    namesAction: (pattern) => access.namesAction(pattern),
  };
  const on = operationsOn(tools);
  return {
    ...createEntityChanges({ directory }),
    authenticate: async (authorization, now) =>
      authorization === null ? anonymous : (await prove(tools, authorization, now)).caller,
    prove: (authorization, now) => prove(tools, authorization, now),
    authenticateSigned: (signed, now) => bySignature(tools, signed, now),
    authenticateSignIn: (token, now) => authenticateSignIn(tools, token, now),
    checkStillCounts: (caller, now) => checkStillCounts(tools, caller, now),
    signIn: (input, now, origin) => signIn(tools, aCall(anonymous, now, origin), input),
    signOut: (caller, now, origin) => signOut(tools, aCall(caller, now, origin)),
    assumeRole: on(assumeRole),
    switchRole: on(switchRole),
    assumeInstanceProfile: on(assumeInstanceProfile),
    assumeRoleWithWebIdentity: (input, now, origin) =>
      assumeRoleWithWebIdentity(tools, aCall(anonymous, now, origin), input),
    getSessionToken: on(getSessionToken),
    getFederationToken: on(getFederationToken),
    getCallerIdentity: (caller) => callerIdentity(tools, caller),
    getAccessKeyAccount: (accessKeyId) => accountOfKey(tools, accessKeyId),
    exitRole: (caller, now, origin) => exitRole(tools, aCall(caller, now, origin)),
    revokeRoleSessions: on(revokeRoleSessions),
    createAccessKey: (owner, caller = operator, now = Date.now(), origin = {}) =>
      createAccessKey(tools, aCall(caller, now, origin), owner),
    setAccessKeyActive: on(setAccessKeyActive),
    deleteAccessKey: on(deleteAccessKey),
    createVirtualMfaDevice: on(mfa.createVirtualMfaDevice),
    enableMfaDevice: on(mfa.enableMfaDevice),
    deactivateMfaDevice: on(mfa.deactivateMfaDevice),
    deleteVirtualMfaDevice: on(mfa.deleteVirtualMfaDevice),
    createOidcProvider: on(oidc.createOidcProvider),
    updateOidcProvider: on(oidc.updateOidcProvider),
    addOidcClientId: on(oidc.addClientId),
    removeOidcClientId: on(oidc.removeClientId),
    deleteOidcProvider: on(oidc.deleteOidcProvider),
    createChecker: on(createChecker),
    rotateChecker: on(rotateChecker),
    revokeChecker: on(revokeChecker),
    rotateSigningKey: on(rotateSigningKey),
    jwks: (now) => tokens.jwks(now),
  };
}

function rotateSigningKey(
  { directory }: SessionTools,
  call: Call,
  { retireOlder = false }: { readonly retireOlder?: boolean },
): Promise<number> {
  return audited(directory.audit, call, { event: 'RotateSigningKey' }, (event) =>
    directory.signingKeys.rotate({ at: call.now, retireOlder }, event),
  );
}
