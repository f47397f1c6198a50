import { mfaAge } from '../access/key-session.ts';
import type { NewAuditEvent } from '../directory/stores/audit-store.ts';
import {
  type AssumeRoleInput,
  type AssumeRoleParameters,
  assumeRoleParameters,
  toldParameters,
} from './assume-role-parameters.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import { type PrincipalCaller, principalCaller, signInOf, subjectOf } from './caller.ts';
import { userIdOf } from './caller-identity.ts';
import { AccessDenied, ValidationError } from './errors.ts';
import { type AssumedRole, grantRole, type RoleRequest } from './grant-role.ts';
import { provesMfa } from './mfa.ts';
import type { SessionTools } from './session-tools.ts';
import { switchRole } from './switch-role.ts';

/** Ends the sentence about the operator. */
const NO_ROLE = 'can assume no role';
const NO_SWITCH = 'a browser that signed in with a session token cannot switch roles: sign in with an access key';

/**
 * sts:AssumeRole: makes a session of the role for the caller; a signed-in browser is switched into the role (see
 * switchRole). The checks come in AWS's order: parameters, caller, MFA, permission, duration, session policies, their
 * packed size. Throws ValidationError, AccessDenied, MalformedPolicyDocument or PackedPolicyTooLarge (all RolegateErrors
 * with AWS's codes). https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(tools: SessionTools, call: Call, input: AssumeRoleInput): Promise<AssumedRole> {
  return signInOf(call.caller) === null ? stsAssumeRole(tools, call, input) : switchRole(tools, call, input);
}

function stsAssumeRole(tools: SessionTools, call: Call, input: AssumeRoleInput): Promise<AssumedRole> {
  const action = tools.actions.assumeRole.name;
  const attempted = { event: 'AssumeRole', action, target: input.role, parameters: toldParameters(input) };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const parameters = assumeRoleParameters(input);
    const caller = principalCaller(call.caller, NO_ROLE);
    if (caller.tokenSignIn !== undefined) throw new ValidationError(NO_SWITCH, null);
    checkSource(caller, parameters);
    return grantRole(tools, await roleRequest(tools, call, caller, parameters, event));
  });
}

/**
 * The role of an instance profile, as EC2 takes it for an instance: the session is named after the instance, and lasts
 * `durationSeconds` (left out: an hour). Only the service itself may call it; a browser that the service has signed in is
 * not switched, because the role is the instance's. Throws as assumeRole, and AccessDenied if there is no role to take.
 */
export async function assumeInstanceProfile(
  tools: SessionTools,
  call: Call,
  input: { readonly instanceProfile: string; readonly instanceId: string } & Pick<
    AssumeRoleInput,
    'durationSeconds' | 'sourceArn' | 'sourceAccount'
  >,
): Promise<AssumedRole> {
  const { instanceProfile, instanceId, ...rest } = input;
  const attempted = { event: 'AssumeRole', action: tools.actions.assumeRole.name, target: instanceProfile };
  // The outcome for the role is recorded below.
  const role = await audited(tools.directory.audit, call, attempted, async () => {
    if (principalCaller(call.caller, NO_ROLE).ref.kind !== 'service') {
      throw new AccessDenied('only a service takes the role of an instance profile');
    }
    const found = await tools.directory.entities.instanceProfileRole(instanceProfile);
    if (found === null) throw new AccessDenied(`no role can be assumed through ${instanceProfile}`);
    return found;
  });
  return stsAssumeRole(tools, call, { ...rest, role, roleSessionName: instanceId });
}

/** aws:SourceArn and aws:SourceAccount exist only when a service calls for a resource. */
function checkSource({ ref }: PrincipalCaller, { sourceArn, sourceAccount }: AssumeRoleParameters): void {
  if (ref.kind === 'service') return;
  if (sourceArn === null && sourceAccount === null) return;
  const field = sourceArn === null ? 'sourceAccount' : 'sourceArn';
  throw new ValidationError(`only a service can name the resource it calls for: leave out ${field}`, field);
}

async function roleRequest(
  tools: SessionTools,
  call: Call,
  caller: PrincipalCaller,
  parameters: AssumeRoleParameters,
  event: NewAuditEvent,
): Promise<RoleRequest> {
  return {
    call,
    subject: subjectOf(caller),
    parameters,
    context: new Map(),
    mfa: await mfaOf(tools, call, caller, parameters),
    longestSeconds: null,
    federated: null,
    signInId: null,
    event,
  };
}

/**
 * What is known about MFA: from the call itself, else from the credentials of sts:GetSessionToken that it is made with.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
async function mfaOf(
  tools: SessionTools,
  { now }: Call,
  caller: PrincipalCaller,
  parameters: AssumeRoleParameters,
): Promise<RoleRequest['mfa']> {
  const { serialNumber, tokenCode } = parameters;
  const userId = serialNumber === null || tokenCode === null ? null : await userIdOf(tools, caller);
  if (await provesMfa(tools, { serialNumber, tokenCode }, userId, now)) {
    return { mfaAuthenticated: true, mfaAge: 0, at: now };
  }
  const { keySession } = caller;
  if (keySession === undefined || caller.ref.kind !== 'user') return { mfaAuthenticated: null, at: null };
  const at = keySession.mfaAuthenticatedAt;
  return { mfaAuthenticated: at !== null, mfaAge: at === null ? null : mfaAge(at, now), at };
}
