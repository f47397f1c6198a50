import { makerOf, mfaAge } from '../access/key-session.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { type AssumeRoleInput, type AssumeRoleParameters, refuseFaults, roleFault } from './assume-role-parameters.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import { signInOf } from './caller.ts';
import { ValidationError } from './errors.ts';
import { type AssumedRole, grantRole } from './grant-role.ts';
import type { SessionTools } from './session-tools.ts';

/** Parameters that a browser cannot give when it switches roles. */
const NOT_IN_A_BROWSER = [
  'durationSeconds',
  'externalId',
  'sessionPolicies',
  'sessionPolicyArns',
  'tags',
  'transitiveTagKeys',
  'sourceIdentity',
  'serialNumber',
  'tokenCode',
  'sourceArn',
  'sourceAccount',
] as const satisfies readonly (keyof AssumeRoleInput)[];

/** Most characters of a session name. */
const NAME = { min: 2, max: 64 } as const;

/**
 * Switches the browser into a role, as AWS's console does: always with the identity that signed in, also from inside another
 * role, which ends; so it is never chaining. The session lasts an hour, but no longer than the role or the sign-in allows;
 * it is named after the signed-in identity, whatever name is asked for. A browser cannot switch into a role that asks for
 * an external id or a source identity. Throws ValidationError, AccessDenied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html
 */
export function switchRole(
  tools: SessionTools,
  call: Call,
  input: Omit<AssumeRoleInput, 'roleSessionName'>,
): Promise<AssumedRole> {
  const attempted = { event: 'SwitchRole', action: tools.actions.assumeRole.name, target: input.role };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const signIn = signInOf(call.caller);
    if (signIn === null) throw new ValidationError('only a browser that is signed in switches roles', null);
    const fault = roleFault(input.role);
    refuseFaults(fault === null ? [] : [fault]);
    const given = NOT_IN_A_BROWSER.find((name) => input[name] != null && !isEmptyList(input[name]));
    if (given !== undefined) {
      throw new ValidationError(`a browser that switches roles cannot give \`${given}\``, given);
    }
    const maker = makerOf(signIn);
    const at = signIn.mfaAuthenticatedAt;
    const ofUser = maker.kind === 'user';
    return grantRole(tools, {
      call,
      subject: { principal: maker, heldSession: null, heldKeySession: signIn, assumedRole: null, session: null },
      parameters: parametersOf(input.role, sessionNameOf(signIn)),
      context: new Map(),
      mfa: { mfaAuthenticated: ofUser ? at !== null : null, mfaAge: at === null ? null : mfaAge(at, call.now), at },
      longestSeconds: Math.floor((signIn.expiresAt - call.now) / 1000),
      federated: null,
      signInId: signIn.id,
      event,
    });
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The name of a user without its path, or of a service. */
function sessionNameOf(signIn: KeySessionRecord): string {
  const id = principalIdOf(makerOf(signIn));
  const name = id.slice(id.lastIndexOf('/') + 1).slice(0, NAME.max);
  return name.padEnd(NAME.min, '_');
}

function parametersOf(role: string, roleSessionName: string): AssumeRoleParameters {
  return {
    role,
    roleSessionName,
    durationSeconds: null,
    externalId: null,
    sessionPolicies: [],
    sessionPolicyArns: [],
    tags: {},
    transitiveTagKeys: [],
    sourceIdentity: null,
    serialNumber: null,
    tokenCode: null,
    sourceArn: null,
    sourceAccount: null,
  };
}
