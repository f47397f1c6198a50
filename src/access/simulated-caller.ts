import type { PrincipalFacts, RoleFacts, Tags } from '../evaluation/principal.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';

export interface SimulatedCaller {
  readonly principal: PrincipalRef;
  /** For a role session: the ARN of its role, if the role has a path. */
  readonly roleArn: string | null;
  readonly tags: Tags;
}

/**
 * Only the ARN of a simulated principal is known: its unique id is empty, so that no condition on aws:userid can
 * hold unless the context gives the key.
 */
const UNKNOWN_ID = '';

/**
 * Some user, whom no policy can name. The root user could be the issuer, too, but its session would have everything that
 * its session policies allow; here the identity policies that are given count.
 */
const UNKNOWN_ISSUER = { arn: '', id: UNKNOWN_ID };

/** The facts about a simulated caller. `field` is its place in the client's input. */
export function simulatedCaller(caller: SimulatedCaller, field: string): PrincipalFacts {
  const { principal: ref, tags } = caller;
  if (caller.roleArn !== null && ref.kind !== 'roleSession') {
    throw new InvalidInput(`${field}.roleArn`, 'only a role session has a role: give its ARN as the principal');
  }
  if (ref.kind === 'service' || ref.kind === 'anonymous') return ref;
  const inAccount = {
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

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
