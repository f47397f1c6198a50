import type { PrincipalFacts, RoleFacts, Tags } from '../evaluation/principal.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { shortened } from './check-resource.ts';
import { fieldOf, type Question } from './question.ts';

export interface SimulatedCaller {
  readonly principal: PrincipalRef;
  /** For a role session: the ARN of its role, if the role has a path. */
  readonly roleArn: string | null;
  readonly tags: Tags;
  /**
   * For an anonymous caller: the provider of its identity in sts:AssumeRoleWithSAML or sts:AssumeRoleWithWebIdentity, as
   * `Federated` principals name it. Left out or null: none.
   */
  readonly federatedProvider?: string | null;
  /** Its canonical user id: of its account, or of an origin access identity, which has no account. Left out or null: not given. */
  readonly canonicalUser?: string | null;
}

/** Calls that carry a provider's assertion or token and no signature, with the actions that are checked together with them. */
const WITH_SAML = ['sts:AssumeRoleWithSAML', 'sts:SetSourceIdentity', 'sts:TagSession'];
const WITH_WEB_IDENTITY = ['sts:AssumeRoleWithWebIdentity', 'sts:SetSourceIdentity', 'sts:TagSession'];
const SAML_PROVIDER = /^arn:[a-z-]+:iam::\d{12}:saml-provider\/[^/*?]+$/;
const OIDC_PROVIDER = /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/[^*?]+$/;
/** `accounts.google.com` and similar issuers, which need no provider in the account. */
const ISSUER = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const CANONICAL_USER = /^[0-9a-f]{64,96}$/i;

/** Throws InvalidInput for a call that does not take a provider's token: every other call is signed by a principal of AWS. */
export function checkCall(
  { federatedProvider = null }: SimulatedCaller,
  { name }: { readonly name: string },
  question: Pick<Question, 'path' | 'fields'>,
): void {
  if (federatedProvider === null) return;
  const calls = SAML_PROVIDER.test(federatedProvider) ? WITH_SAML : WITH_WEB_IDENTITY;
  if (calls.includes(name)) return;
  const message = `\`${name}\` cannot be called with an identity of \`${federatedProvider}\`, which is only accepted by ${calls[0]}`;
  throw new InvalidInput(fieldOf(question, 'action'), message);
}

/**
 * Only the ARN of a simulated principal is known: its unique id is empty, so that no condition on aws:userid can
 * hold unless the context gives the key.
 */
const UNKNOWN_ID = '';

/**
 * A user that no policy can name. The root user could be the issuer, too, but its session would have everything that
 * its session policies allow; here the given identity policies count.
 */
const UNKNOWN_ISSUER = { arn: '', id: UNKNOWN_ID };

/** The facts about a simulated caller. `field` is its place in the client's input. */
export function simulatedCaller(caller: SimulatedCaller, field: string): PrincipalFacts {
  const { principal: ref, tags } = caller;
  if (caller.roleArn !== null && ref.kind !== 'roleSession') {
    throw new InvalidInput(`${field}.roleArn`, 'only a role session has a role: give its ARN as the principal');
  }
  const federatedProvider = checkedProvider(caller, field);
  const canonical = canonicalUserOf(caller, field);
  if (ref.kind === 'anonymous')
    return { ...ref, ...(federatedProvider === null ? {} : { federatedProvider }), ...canonical };
  if (ref.kind === 'service') return ref;
  const inAccount = {
    ...canonical,
    accountId: ref.accountId,
    partition: parseArn(ref.arn)?.partition ?? 'aws',
    organization: null,
  };
  switch (ref.kind) {
    case 'user':
      return { kind: 'user', ...inAccount, arn: ref.arn, id: UNKNOWN_ID, name: lastPart(ref.arn), tags };
    case 'role':
    case 'roleSession': {
      const role = simulatedRole(caller, ref, inAccount, field);
      const sessionName = ref.kind === 'roleSession' ? ref.sessionName : null;
      return { kind: 'roleSession', ...inAccount, role, sessionName, tags, sourceIdentity: null, issuedAt: null };
    }
    case 'federatedUser':
      return {
        kind: 'federatedUser',
        ...inAccount,
        arn: ref.arn,
        name: ref.name,
        issuer: UNKNOWN_ISSUER,
        tags,
        issuedAt: null,
      };
    case 'root':
      return { kind: 'root', ...inAccount, arn: ref.arn };
    default:
      return ref satisfies never;
  }
}

function simulatedRole(
  caller: SimulatedCaller,
  ref: Extract<SimulatedCaller['principal'], { kind: 'role' | 'roleSession' }>,
  inAccount: Pick<RoleFacts, 'accountId' | 'partition' | 'organization'>,
  field: string,
): RoleFacts {
  const arn =
    ref.kind === 'role'
      ? ref.arn
      : (caller.roleArn ?? `arn:${inAccount.partition}:iam::${ref.accountId}:role/${ref.roleName}`);
  const parts = parseArn(arn);
  const isRole = parts?.service === 'iam' && parts.accountId === ref.accountId && parts.resource.startsWith('role/');
  if (!isRole || (ref.kind === 'roleSession' && lastPart(arn) !== ref.roleName)) {
    throw new InvalidInput(`${field}.roleArn`, `\`${arn}\` is not the role of the session given as the principal`);
  }
  const path = parts.resource.slice('role'.length, -lastPart(arn).length);
  return { ...inAccount, arn, id: UNKNOWN_ID, name: lastPart(arn), path, tags: {} };
}

function checkedProvider({ principal, federatedProvider = null }: SimulatedCaller, field: string): string | null {
  if (federatedProvider === null) return null;
  if (principal.kind !== 'anonymous') {
    const message = 'a call with an identity of a provider is not signed: give `anonymous` as the principal';
    throw new InvalidInput(`${field}.federatedProvider`, message);
  }
  if ([SAML_PROVIDER, OIDC_PROVIDER, ISSUER].some((form) => form.test(federatedProvider))) return federatedProvider;
  throw new InvalidInput(
    `${field}.federatedProvider`,
    `\`${shortened(federatedProvider)}\` is neither the ARN of a SAML or OIDC provider nor a name such as \`accounts.google.com\``,
  );
}

function canonicalUserOf(
  { principal, canonicalUser = null }: SimulatedCaller,
  field: string,
): { readonly canonicalUser?: string } {
  if (canonicalUser === null) return {};
  if (principal.kind === 'service' || !CANONICAL_USER.test(canonicalUser)) {
    const message =
      principal.kind === 'service' ? 'a service has none: leave it out' : 'expected 64 hexadecimal digits';
    throw new InvalidInput(`${field}.canonicalUser`, message);
  }
  return { canonicalUser };
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
