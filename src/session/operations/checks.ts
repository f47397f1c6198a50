import { failed, sessionFaults, textFault } from '../../access/assumption-parameters.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { checkWritten } from '../../policy/refused-policy.ts';
import { ValidationError } from '../errors.ts';

// What IAM says of the parameters of its operations. Their limits are those of IAM's model:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and the other operations there

const NAME = /^[\w+=,.@-]+$/;
const PATH = /^(?:\/|\/[\u0021-\u007e]+\/)$/;
const PATH_CHARACTERS = 512;
const DESCRIPTION = /^[\t\n\r -~\u00a1-\u00ff]*$/;
const DESCRIPTION_CHARACTERS = 1000;
const POLICY_NAME_CHARACTERS = 128;
const VERSION_ID_CHARACTERS = 128;
/** Seconds. */
const DURATION = { min: 3600, max: 43_200 } as const;
const TAGS = 50;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html */
const ALIAS = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;

function violated(place: string, value: string | number, constraint: string): ValidationError {
  return new ValidationError(`1 validation error detected: ${failed(place, value, constraint)}`, place);
}

function checkLength(text: string, place: string, { min, max }: { readonly min: number; readonly max: number }): void {
  if (text.length < min) throw violated(place, text, `Member must have length greater than or equal to ${min}`);
  if (text.length > max) throw violated(place, text, `Member must have length less than or equal to ${max}`);
}

/** The name that a new or renamed entity gets. `most`: characters. */
export function checkName(name: string, place: string, most: 64 | 128): void {
  checkLength(name, place, { min: 1, max: most });
  if (NAME.test(name)) return;
  throw new ValidationError(
    `The specified value for ${place} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    place,
  );
}

/** The path that a new or moved entity gets. */
export function checkPath(path: string, place = 'path'): void {
  checkLength(path, place, { min: 1, max: PATH_CHARACTERS });
  if (PATH.test(path)) return;
  throw new ValidationError(
    `The specified value for ${place} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
    place,
  );
}

export function checkDescription(description: string | null | undefined): void {
  if (description == null) return;
  checkLength(description, 'description', { min: 0, max: DESCRIPTION_CHARACTERS });
  if (DESCRIPTION.test(description)) return;
  const pattern = '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*';
  throw violated('description', description, `Member must satisfy regular expression pattern: ${pattern}`);
}

export function checkDuration(seconds: number | null | undefined): void {
  if (seconds == null) return;
  const place = 'maxSessionDuration';
  if (seconds < DURATION.min)
    throw violated(place, seconds, `Member must have value greater than or equal to ${DURATION.min}`);
  if (seconds > DURATION.max)
    throw violated(place, seconds, `Member must have value less than or equal to ${DURATION.max}`);
}

interface GivenTag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
export function checkTags(tags: readonly GivenTag[] | null | undefined): void {
  const [fault] = sessionFaults({ tags: tags ?? [] });
  if (fault === undefined) return;
  // IAM's code for what no pattern says.
  if (fault.message.startsWith('Duplicate')) {
    throw new RolegateError('InvalidInput', fault.message, { field: fault.parameter });
  }
  throw new ValidationError(`1 validation error detected: ${fault.message}`, fault.parameter);
}

export function checkTagKeys(keys: readonly string[]): void {
  if (keys.length > TAGS) {
    throw violated('tagKeys', `${keys.length} entries`, `Member must have length less than or equal to ${TAGS}`);
  }
  for (const [index, key] of keys.entries()) {
    const fault = textFault('tagKey', `tagKeys[${index}]`, key);
    if (fault !== null) throw new ValidationError(`1 validation error detected: ${fault.message}`, fault.parameter);
  }
}

/** AWS's own are `v1`, `v2` …; an imported directory can hold others. */
export function checkVersionId({ versionId }: { readonly versionId: string }): void {
  checkLength(versionId, 'versionId', { min: 1, max: VERSION_ID_CHARACTERS });
}

export function checkAlias(alias: string): void {
  checkLength(alias, 'accountAlias', { min: 3, max: 63 });
  if (ALIAS.test(alias)) return;
  const pattern = '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$';
  throw violated('accountAlias', alias, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export function checkPolicyName(name: string): void {
  if (name === '' || name.length > POLICY_NAME_CHARACTERS) {
    throw new ValidationError(`a policy name has 1 to ${POLICY_NAME_CHARACTERS} characters`, 'policyName');
  }
  if (NAME.test(name)) return;
  throw new ValidationError(
    'The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    'policyName',
  );
}

/** Throws AWS's answer, and refuses what cannot be read. Size limits concern the whole entity, which the directory knows. */
export function checkDocument(document: string, kind: PolicyKind, field = 'policyDocument'): void {
  checkWritten(document, kind, field, ({ code }) => kind === 'trust' || code !== 'LimitExceeded');
}

/** An inline policy. */
export function checkInline(input: { readonly policyName: string; readonly policyDocument: string }): void {
  checkPolicyName(input.policyName);
  checkDocument(input.policyDocument, 'identity');
}
