import type { Access } from '../access/access.ts';
import type { Directory } from '../directory/directory.ts';
import type { RoleSessionRecord } from '../directory/session-store.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isServicePrincipal, type PrincipalRef } from '../policy/principal-id.ts';
import { type AssumedRole, assumeRole } from './assume-role.ts';
import type { AssumeRoleInput } from './assume-role-parameters.ts';
import { authenticate, storedPrincipal } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { ValidationError } from './errors.ts';
import { newKeyId } from './key-id.ts';
import type { Secrets } from './secrets.ts';
import type { SessionTools } from './session-tools.ts';

/** Becoming somebody: credentials, assuming a role and leaving it. `now`: milliseconds since 1970. */
export interface Sessions {
  /** Who calls, by the Authorization header. Throws AuthenticationError. */
  authenticate(authorization: string | null, now: number): Promise<Caller>;
  /** sts:AssumeRole. `context`: condition keys of the call itself (aws:SourceIp …); left out: none. */
  assumeRole(caller: Caller, input: AssumeRoleInput, now: number, context?: RequestContext): Promise<AssumedRole>;
  /** Ends the caller's role session at once. Throws ValidationError when the caller is in no role. */
  exitRole(caller: Caller, now: number): Promise<ExitedRole>;
  /** A new long-term key of a user or of a service. For the operator. Throws LimitExceeded, NoSuchEntity, BAD_USER_INPUT. */
  createAccessKey(owner: { readonly userArn: string } | { readonly service: string }): Promise<NewAccessKey>;
}

export interface ExitedRole {
  readonly endedSession: RoleSessionRecord;
  /** Whom the caller is again: who assumed the role. */
  readonly restoresTo: PrincipalRef;
}

/** Shown once: the gateway keeps no copy of the secret. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function createSessions(options: {
  readonly directory: Directory;
  readonly access: Access;
  readonly secrets: Secrets;
}): Sessions {
  const { directory, access, secrets } = options;
  const tools: SessionTools = { directory, secrets, actions: access.assumptionActions };
  return {
    authenticate: (authorization, now) => authenticate(directory, secrets, authorization, now),
    assumeRole: (caller, input, now, context = new Map()) => assumeRole(tools, caller, input, { context, now }),
    exitRole: (caller, now) => exitRole(directory, caller, now),
    createAccessKey: (owner) => createAccessKey(tools, owner),
  };
}

async function exitRole(directory: Directory, caller: Caller, now: number): Promise<ExitedRole> {
  if (caller.kind !== 'principal' || caller.session === null) {
    throw new ValidationError('the caller has assumed no role', null);
  }
  const endedSession = await directory.sessions.end(caller.session.id, now, 'EXITED');
  // Gone with its role since the caller signed in: it is as ended as can be.
  const session = endedSession ?? { ...caller.session, endedAt: now };
  return { endedSession: session, restoresTo: storedPrincipal(session.assumedBy) };
}

async function createAccessKey(
  { directory, secrets }: SessionTools,
  owner: { readonly userArn: string } | { readonly service: string },
): Promise<NewAccessKey> {
  if ('service' in owner && !isServicePrincipal(owner.service)) {
    throw new InvalidInput('service', 'not a service principal: expected one such as `ec2.amazonaws.com`');
  }
  const id = newKeyId('AKIA');
  await directory.keys.create({ id, ...owner });
  return { accessKeyId: id, secretAccessKey: secrets.secretFor(id) };
}
