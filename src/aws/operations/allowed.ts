import type { OperationName, OperationValues } from '../../guard/operations.ts';
import { perform } from '../../guard/perform.ts';
import { type Permission, verdictOn } from '../../guard/permission.ts';
import { readableReason } from '../../guard/readable-policy.ts';
import { parseArn } from '../../policy/arn.ts';
import { AccessDenied, AuthenticationError } from '../../session/errors.ts';
import type { AwsContext } from './operation.ts';

/** Performs an operation behind its guard: see guard/perform.ts. Throws AWS's error where the guard refuses. */
export async function performed<Name extends OperationName, T>(
  context: AwsContext,
  name: Name,
  values: OperationValues[Name],
  work: () => T | Promise<T>,
): Promise<T> {
  const result = await perform(context, name, values, work);
  switch (result.kind) {
    case 'done':
      return result.value;
    case 'notSignedIn':
      throw new AuthenticationError('MissingAuthenticationToken');
    case 'sessionEnded':
      throw new AuthenticationError('ExpiredToken');
    case 'refused':
      throw result.denied;
    default:
      return result satisfies never;
  }
}

/**
 * Lets a caller go on that has a permission. Throws AccessDenied with AWS's sentence, whether what is asked about exists or
 * not: permission comes first, existence second.
 */
export async function needs(context: AwsContext, permission: Permission): Promise<void> {
  if (context.caller.kind === 'anonymous') throw new AuthenticationError('MissingAuthenticationToken');
  const { allowed, answer } = await verdictOn(context, permission);
  if (allowed) return;
  // Without an answer the caller is none that decisions are made about.
  const reason =
    answer === null ? `${permission.action} is not for this caller` : await readableReason(context, answer);
  throw new AccessDenied(reason, answer);
}

/** A refusal repeats the name as it was asked for: the case and the path of the true one would tell that there is one. */
export function asAsked(error: AccessDenied, asked: string): AccessDenied {
  const resource = error.answer?.question.resource ?? asked;
  if (resource === asked) return error;
  const message = error.message.replace(` on resource: ${resource}`, () => ` on resource: ${asked}`);
  return new AccessDenied(message, error.answer);
}

/**
 * A refusal in IAM's own words: IAM names users, roles, groups and instance profiles without their ARNs, and puts the kind
 * before the ARN of a policy. https://github.com/aws/aws-cdk/issues/27067
 */
export function inWordsOfIam(message: string): string {
  return message.replace(
    /^(User: \S+ is not authorized to perform: iam:(?!PassRole )\w+ on resource: )(\S+)/,
    (_all, head: string, arn: string) => `${head}${named(arn)}`,
  );
}

function named(arn: string): string {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const [kind = '', ...path] = resource.split('/');
  if (service !== 'iam' || path.length === 0) return arn;
  const name = path.at(-1) ?? '';
  // Lists are about all of a kind, and have its ARN without a name.
  if (name === '') return kind === 'policy' ? 'policy path /' : arn;
  if (kind === 'policy') return `policy ${arn}`;
  const words: Readonly<Record<string, string>> = {
    user: 'user',
    role: 'role',
    group: 'group',
    'instance-profile': 'instance profile',
  };
  const word = words[kind];
  return word === undefined ? arn : `${word} ${name}`;
}
