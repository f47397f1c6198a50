import type { NamedEntity, NamedKind } from '../../directory/iam/named.ts';
import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import { AuthenticationError, ValidationError } from '../../session/errors.ts';
import { checkLength, quoted, violated } from '../wire/read-input.ts';
import type { AwsContext } from './operation.ts';

/** An account, as its ARNs have it. */
export interface CallersAccount {
  /** Twelve digits. */
  readonly accountId: string;
  /** aws, aws-cn … */
  readonly partition: string;
}

/** The account that the caller's requests are about: IAM's operations name no other. Throws ValidationError for services. */
export function callersAccount({ caller }: AwsContext): CallersAccount {
  if (caller.kind !== 'principal') throw new AuthenticationError('MissingAuthenticationToken');
  const { ref } = caller;
  if ('accountId' in ref) return { accountId: ref.accountId, partition: parseArn(ref.arn)?.partition ?? 'aws' };
  throw new ValidationError(
    `${principalIdOf(ref)} belongs to no account, and IAM's operations are about the caller's account: use the credentials of a user or of a role`,
    null,
  );
}

const TYPES = { User: 'user', Group: 'group', Role: 'role', InstanceProfile: 'instance-profile' } as const;

/** The ARN that an entity of this name would have without a path: permission is decided on it where there is none. */
export function arnFor(kind: NamedKind, { accountId, partition }: CallersAccount, name: string): string {
  return `arn:${partition}:iam::${accountId}:${TYPES[kind]}/${name}`;
}

/** The user of the caller's account with this name, in any case and with any path; null: there is none. */
export function userNamed(context: AwsContext, name: string): Promise<NamedEntity | null> {
  return entityNamed(context, 'User', name);
}

/** As `userNamed`, for roles. */
export function roleNamed(context: AwsContext, name: string): Promise<NamedEntity | null> {
  return entityNamed(context, 'Role', name);
}

/** As `userNamed`, for groups. */
export function groupNamed(context: AwsContext, name: string): Promise<NamedEntity | null> {
  return entityNamed(context, 'Group', name);
}

/** As `userNamed`, for any kind. Throws ValidationError for what cannot be a name. */
export function entityNamed(context: AwsContext, kind: NamedKind, name: string): Promise<NamedEntity | null> {
  checkName(name, PLACES[kind]);
  return context.directory.iam.named(kind, callersAccount(context).accountId, name);
}

const PLACES = {
  User: 'userName',
  Group: 'groupName',
  Role: 'roleName',
  InstanceProfile: 'instanceProfileName',
} as const;

/** Most characters of any name of IAM. */
const MAX_NAME = 128;

/** More than IAM issues: an imported directory can hold other names. */
const NAME = /^[^\s/*?\p{C}]+$/u;

/** Throws ValidationError, in IAM's words, for what cannot be a name. `place`: `roleName`. */
export function checkName(name: string, place: string): void {
  if (name.length === 0) throw violated(quoted(name), place, 'Member must have length greater than or equal to 1');
  checkLength(name, place, MAX_NAME);
  if (NAME.test(name)) return;
  throw new ValidationError(
    `The specified value for ${place} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    place,
  );
}

/** The name in the ARN of a user, group, role, instance profile or policy. */
export function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The user that a request is about: the one it names, or the caller. Throws ValidationError where the caller is none. */
export function userNameOf({ caller }: AwsContext, given: string | undefined): string {
  if (given !== undefined) return given;
  const ref: PrincipalRef | null = caller.kind === 'principal' ? caller.ref : null;
  if (ref?.kind === 'user') return nameIn(ref.arn);
  throw new ValidationError('Must specify userName when calling with non-User credentials', 'userName');
}

const NOUNS = { User: 'user', Group: 'group', Role: 'role', InstanceProfile: 'Instance Profile' } as const;

/** IAM's answer to whoever may read an entity that is not there. */
export function noSuchNamed(kind: NamedKind, name: string): RolegateError {
  const named = kind === 'InstanceProfile' ? `${NOUNS[kind]} ${name}` : `The ${NOUNS[kind]} with name ${name}`;
  return new RolegateError('NoSuchEntity', `${named} cannot be found.`);
}
