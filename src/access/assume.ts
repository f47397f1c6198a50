import type { Catalog } from '../catalog/catalog.ts';
import type { AccountOrganization } from '../directory/directory.ts';
import { authorize } from '../evaluation/authorize.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PreparedPrincipal, PreparedRole } from '../evaluation/prepare.ts';
import type { Tags } from '../evaluation/principal.ts';
import type { ActionFacts, ContextValue, RequestContext, RequestFacts } from '../evaluation/request.ts';
import { NOTHING_OF_STS } from './key-session.ts';
import { refusal } from './refusal.ts';
import { sourceOrganizationKeys } from './source-organization.ts';

/** The actions for which sts:AssumeRole needs permission. */
export interface AssumptionActions {
  readonly assumeRole: ActionFacts;
  readonly tagSession: ActionFacts;
  readonly setSourceIdentity: ActionFacts;
  readonly assumeRoleWithWebIdentity: ActionFacts;
  readonly getFederationToken: ActionFacts;
}

/** The arguments of one call of sts:AssumeRole that policies can see. Null: not given, and so not in the request. */
export interface AssumptionArguments {
  readonly roleSessionName: string | null;
  readonly externalId: string | null;
  /** Passed with the call, or inherited from the caller's own session. */
  readonly sourceIdentity: string | null;
  /** Passed with the call. */
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
  /** Inherited from the caller's own session. */
  readonly inheritedTags: Tags;
  readonly mfaAuthenticated: boolean | null;
  /** aws:MultiFactorAuthAge in seconds. */
  readonly mfaAge?: number | null;
  /** The resource for which a service calls, and its account. */
  readonly sourceArn?: string | null;
  readonly sourceAccount?: string | null;
  /** The organization of that account, and its place in it. */
  readonly sourceOrganization?: AccountOrganization | null;
}

/** The STS actions of `catalog`; throws if one is missing, because then the catalogue is not AWS's. */
export function assumptionActions(catalog: Catalog): AssumptionActions {
  const known = (name: string): ActionFacts => {
    const action = catalog.action(name);
    if (action === null) throw new Error(`the catalogue of ${catalog.version} lacks ${name}`);
    return action;
  };
  return {
    assumeRole: known('sts:AssumeRole'),
    tagSession: known('sts:TagSession'),
    setSourceIdentity: known('sts:SetSourceIdentity'),
    assumeRoleWithWebIdentity: known('sts:AssumeRoleWithWebIdentity'),
    getFederationToken: known('sts:GetFederationToken'),
  };
}

/**
 * Decides whether `caller` may assume `role`: sts:AssumeRole (with a web identity, sts:AssumeRoleWithWebIdentity), then
 * sts:SetSourceIdentity if the session gets a source identity, then sts:TagSession if it gets tags. The answer is the first
 * denial among them, otherwise the decision on sts:AssumeRole.
 *
 * A source identity and transitive tags inherited from the caller's session need the same permissions as passed ones.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function decideAssumption(
  caller: PreparedPrincipal,
  role: Pick<PreparedRole, 'trust'>,
  args: AssumptionArguments,
  request: Pick<RequestFacts, 'context' | 'now' | 'assumes' | 'settled' | 'endpoint'>,
  actions: AssumptionActions,
): Decision {
  const barred = barredFromRoles(caller, role.trust.facts.arn);
  if (barred !== null) return barred;

  const facts: RequestFacts = {
    ...request,
    context: assumptionContext(request.context, args),
    authority: 'directory',
    assumes: request.assumes ?? true,
  };
  const { assumeRole, assumeRoleWithWebIdentity } = actions;
  const action = caller.facts.kind === 'anonymous' ? assumeRoleWithWebIdentity : assumeRole;
  const assume = authorize(caller, action, role.trust, facts);
  if (!assume.allowed) return assume;
  if (args.sourceIdentity !== null) {
    const identity = authorize(caller, actions.setSourceIdentity, role.trust, facts);
    if (!identity.allowed) return identity;
  }
  if (Object.keys(args.tags).length > 0 || Object.keys(args.inheritedTags).length > 0) {
    const tagging = authorize(caller, actions.tagSession, role.trust, facts);
    if (!tagging.allowed) return tagging;
  }
  return assume;
}

/**
 * The denial of callers that cannot assume a role, whatever policies say; null for all others.
 * Root users: "Roles may not be assumed by root accounts." Unsigned requests: sts:AssumeRole must be signed. Sessions of
 * sts:GetFederationToken may call only GetCallerIdentity of STS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
export function barredFromRoles(caller: PreparedPrincipal, roleArn: string): Decision | null {
  const { facts } = caller;
  switch (facts.kind) {
    case 'root':
      return refusal(null, 'Roles may not be assumed by root accounts.');
    case 'anonymous':
      if (facts.federatedProvider !== undefined) return null;
      return refusal(
        'TRUST_POLICY',
        `User: anonymous is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because no role trust ` +
          'policy allows the sts:AssumeRole action',
      );
    case 'federatedUser':
      return refusal(
        null,
        `User: ${facts.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because ${NOTHING_OF_STS}`,
      );
    case 'user':
    case 'roleSession':
    case 'service':
      return null;
    default:
      return facts satisfies never;
  }
}

/** Condition keys that describe only the STS call in which they occur; those of another call must not be used for it. */
const CALL_KEYS = /^(?:aws:requesttag\/|aws:tagkeys$)/;

/**
 * The condition keys of the sts:AssumeRole call: those of the request that it precedes (address, time, MFA …) and those made
 * from its arguments. Arguments that are left out are absent, not guessed.
 */
function assumptionContext(context: RequestContext, args: AssumptionArguments): RequestContext {
  const keys = new Map<string, ContextValue>();
  for (const [key, value] of context) {
    if (!CALL_KEYS.test(key)) keys.set(key, value);
  }
  const say = (key: string, value: string | null): void => {
    if (value !== null) keys.set(key, value);
  };
  say('sts:rolesessionname', args.roleSessionName);
  say('sts:externalid', args.externalId);
  say('sts:sourceidentity', args.sourceIdentity);
  say('aws:sourcearn', args.sourceArn ?? null);
  say('aws:sourceaccount', args.sourceAccount ?? null);
  for (const [key, value] of sourceOrganizationKeys(args.sourceOrganization ?? null)) keys.set(key, value);
  say('aws:multifactorauthage', args.mfaAge == null ? null : String(args.mfaAge));
  say('aws:multifactorauthpresent', args.mfaAuthenticated === null ? null : String(args.mfaAuthenticated));
  const tags = Object.entries(args.tags);
  if (tags.length > 0) {
    keys.set(
      'aws:tagkeys',
      tags.map(([key]) => key),
    );
    for (const [key, value] of tags) keys.set(`aws:requesttag/${key.toLowerCase()}`, value);
  }
  if (args.transitiveTagKeys.length > 0) keys.set('sts:transitivetagkeys', args.transitiveTagKeys);
  return keys;
}
