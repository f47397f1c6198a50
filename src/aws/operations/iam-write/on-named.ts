import type { OperationName, OperationValues } from '../../../guard/operations.ts';
import { parseArn } from '../../../policy/arn.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { AccessDenied } from '../../../session/errors.ts';
import { asAsked, needs, performed } from '../allowed.ts';
import { arnFor, callersAccount } from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';

/** The names in a request. */
export interface Names {
  readonly UserName?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly RoleName?: string | undefined;
  readonly InstanceProfileName?: string | undefined;
}

/**
 * Performs an operation on entities that the request names, behind its guard. Errors have IAM's words, and who may not gets the
 * same refusal whether there is an entity of the name or not.
 */
export async function performedOn<Name extends OperationName, T>(
  context: AwsContext,
  names: Names,
  operation: Name,
  values: OperationValues[Name],
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await performed(context, operation, values, work);
  } catch (error) {
    if (error instanceof AccessDenied) throw deniedAsAsked(context, names, error);
    if (!(error instanceof RolegateError)) throw error;
    if (error.code === 'UnmodifiableEntity') await needsOnAsked(context, names, operation);
    throw error;
  }
}

const KINDS = { user: 'User', group: 'Group', role: 'Role', 'instance-profile': 'InstanceProfile' } as const;

function deniedAsAsked(context: AwsContext, names: Names, error: AccessDenied): AccessDenied {
  const [type = ''] = (parseArn(error.answer?.question.resource ?? '')?.resource ?? '').split('/', 1);
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type as keyof typeof KINDS] : null;
  const name = kind === null ? undefined : names[`${kind}Name`];
  if (kind === null || name === undefined) return error;
  return asAsked(error, arnFor(kind, callersAccount(context), name));
}

/** AWS keeps its own roles to itself, which only those are told who could change a role of that name. */
async function needsOnAsked(context: AwsContext, { RoleName }: Names, operation: string): Promise<void> {
  if (RoleName === undefined) return;
  const resource = arnFor('Role', callersAccount(context), RoleName);
  await needs(context, { action: `iam:${operation}`, resource, account: null });
}
