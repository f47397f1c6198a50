import { RolegateError } from '../../../policy/errors.ts';

/** IAM's error for a parameter of a simulation. */
export function invalidInput(message: string, cause?: unknown): RolegateError {
  return new RolegateError('InvalidInput', message, { cause });
}

/** AWS's names of the inputs of a simulation, by how ours begin. Numbers in brackets count from 0, AWS's from 1. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^identityPolicies\[(\d+)\]/, 'PolicyInputList'],
  [/^permissionsBoundaries\[(\d+)\]/, 'PermissionsBoundaryPolicyInputList'],
  [/^serviceControlPolicies\[(\d+)\]\[\d+\]/, 'OrderedOrganizationPolicyInputList'],
  [/^serviceControlPolicies/, 'OrderedOrganizationPolicyInputList'],
  [/^resourcePolicy/, 'ResourcePolicy'],
  [/^requests(?:\[\d+\])?\.context/, 'ContextEntries'],
  [/^requests(?:\[\d+\])?\.resource/, 'ResourceArns'],
];

/** The name that AWS gives to an input: `identityPolicies[0]` is `PolicyInputList.1`. */
export function awsNameOf(field: string): string {
  for (const [form, name] of NAMES) {
    const found = form.exec(field);
    if (found !== null) return found[1] === undefined ? name : `${name}.${Number(found[1]) + 1}`;
  }
  return field;
}

const OURS = new Set(['BAD_USER_INPUT', 'MalformedPolicyDocument', 'LimitExceeded']);

/** A fault in what was given, in AWS's code and with AWS's name of the parameter; other errors as they are. */
export function asInvalidInput(error: unknown): unknown {
  if (!(error instanceof RolegateError) || !OURS.has(error.code)) return error;
  const where = error.field === null ? '' : ` ${awsNameOf(error.field)}`;
  return invalidInput(`Invalid Input${where}: ${error.message}`, error);
}

/** As `ofGiven`, for work that is waited for. */
export async function ofGivenInTurns<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asInvalidInput(error);
  }
}

/** Does work whose faults are faults of what was given. */
export function ofGiven<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asInvalidInput(error);
  }
}
