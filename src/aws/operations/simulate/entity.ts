import { parseArn } from '../../../policy/arn.ts';
import { isAccountId, type PrincipalRef, parsePrincipalRef } from '../../../policy/principal-id.ts';
import { quoted } from '../../wire/read-input.ts';
import { invalidInput } from './invalid-input.ts';

/** A user, role or group, whose policies are simulated or who makes the simulated calls. */
export interface Entity {
  readonly kind: 'user' | 'role' | 'group';
  readonly arn: string;
  readonly accountId: string;
  readonly partition: string;
}

const GROUP = /^group\/(?:[\x21-\x7e]{1,510}\/)?[\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]{1,128}$/;

/** Throws InvalidInput, in AWS's words, for anything else: sessions, root users, services. */
export function entityOf(arn: string): Entity {
  const parts = parseArn(arn);
  const ref = parsePrincipalRef(arn);
  if (parts !== null && (ref?.kind === 'user' || ref?.kind === 'role')) {
    return { kind: ref.kind, arn, accountId: ref.accountId, partition: parts.partition };
  }
  if (parts?.service === 'iam' && parts.region === '' && isAccountId(parts.accountId) && GROUP.test(parts.resource)) {
    return { kind: 'group', arn, accountId: parts.accountId, partition: parts.partition };
  }
  throw invalidInput(`Invalid Entity Arn: ${quoted(arn)} does not clearly define entity type and name.`);
}

/** The caller of the simulated calls as decisions know it. No policy can name a group: it stands there as a user of its ARN. */
export function refOf({ kind, arn, accountId }: Entity): PrincipalRef {
  return { kind: kind === 'role' ? 'role' : 'user', arn, accountId };
}
