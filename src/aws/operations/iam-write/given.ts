import type * as iam from '@aws-sdk/client-iam';
import type { NewName } from '../../../directory/apply/entity-arn.ts';
import { isStorable } from '../../../directory/storable.ts';
import { parseArn } from '../../../policy/arn.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { ValidationError } from '../../../session/errors.ts';
import { quoted, violated } from '../../wire/read-input.ts';
import {
  arnFor,
  callersAccount,
  checkName,
  entityNamed,
  groupNamed,
  roleNamed,
  userNamed,
  userNameOf,
} from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';

/**
 * The ARN of a user of the caller's account. For a name that nobody has it is the one that a user without a path would have:
 * permission is decided on it, and the change itself says that there is none. Throws ValidationError for what cannot be a name.
 */
export async function userArn(context: AwsContext, name: string): Promise<string> {
  return (await userNamed(context, name))?.arn ?? arnFor('User', callersAccount(context), name);
}

/** As `userArn`; a name that is left out means the calling user. */
export function userArnOrOwn(context: AwsContext, name: string | undefined): Promise<string> {
  return userArn(context, userNameOf(context, name));
}

/** As `userArn`, for a role. */
export async function roleArn(context: AwsContext, name: string): Promise<string> {
  return (await roleNamed(context, name))?.arn ?? arnFor('Role', callersAccount(context), name);
}

/** As `userArn`, for a group. */
export async function groupArn(context: AwsContext, name: string): Promise<string> {
  return (await groupNamed(context, name))?.arn ?? arnFor('Group', callersAccount(context), name);
}

/** As `userArn`, for an instance profile. */
export async function profileArn(context: AwsContext, name: string): Promise<string> {
  const found = await entityNamed(context, 'InstanceProfile', name);
  return found?.arn ?? arnFor('InstanceProfile', callersAccount(context), name);
}

/** Where an entity of the caller's account is made. */
export function newName(context: AwsContext, path: string | undefined): NewName {
  return { ...callersAccount(context), path: path ?? '/' };
}

/** Tags that a new entity begins with; null: none. */
export function firstTags(tags: readonly iam.Tag[] | undefined) {
  return tags === undefined || tags.length === 0 ? null : givenTags(tags);
}

/** Tags as changes take them. AWS's clients can leave out what they need. */
export function givenTags(tags: readonly iam.Tag[] | undefined): readonly { key: string; value: string }[] {
  return (tags ?? []).map(({ Key, Value }) => ({ key: Key ?? '', value: Value ?? '' }));
}

/** The name of an inline policy that is to be removed. Throws ValidationError for what cannot be a name. */
export function policyName(name: string): string {
  checkName(name, 'policyName');
  return name;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
const ARN_CHARACTERS = { min: 20, max: 2048 } as const;

function isArn(text: string): boolean {
  const { length } = text;
  return length >= ARN_CHARACTERS.min && length <= ARN_CHARACTERS.max && isStorable(text) && parseArn(text) !== null;
}

/** The ARN of a policy or a provider. Throws InvalidInput for a text that is none. */
export function givenArn(text: string, place: string): string {
  if (isArn(text)) return text;
  throw new RolegateError('InvalidInput', `ARN ${quoted(text)} is not valid.`, { field: place });
}

/** The serial number of a virtual MFA device: its ARN. Throws ValidationError. */
export function serialNumber(text: string): string {
  if (isArn(text)) return text;
  throw violated(quoted(text), 'serialNumber', 'Member must be the ARN of a virtual MFA device');
}

/** One of the values that AWS names. Throws ValidationError. */
export function oneOf<Value extends string>(text: string, values: readonly Value[], place: string): Value {
  const value = values.find((each) => each === text);
  if (value !== undefined) return value;
  throw violated(quoted(text), place, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

/** What AWS keeps and the gateway does not: a value that would be lost in silence is refused. */
export function refuseTags(tags: readonly unknown[] | undefined, of: string): void {
  if (tags === undefined || tags.length === 0) return;
  throw new ValidationError(`Rolegate keeps no tags of ${of}: leave them out`, 'tags');
}
