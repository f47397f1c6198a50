import type * as sts from '@aws-sdk/client-sts';
import { ValidationError } from '../../session/errors.ts';
import type { Given } from './operation.ts';

/** Temporary credentials in STS's form. `expiration`: milliseconds since 1970. */
export function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration,
}: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: number;
}): sts.Credentials {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiration),
  };
}

/** What limits and marks a new session, in the gateway's form. */
export function limitsOf({
  Policy,
  PolicyArns,
  Tags,
}: Given<Pick<sts.AssumeRoleRequest, 'Policy' | 'PolicyArns' | 'Tags'>>) {
  return {
    sessionPolicies: Policy === undefined ? [] : [Policy],
    sessionPolicyArns: (PolicyArns ?? []).map(({ arn }) => arn ?? ''),
    tags: (Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
  };
}

/** The gateway's names of parameters that STS calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  role: 'roleArn',
  sessionPolicies: 'policy',
  sessionPolicyArns: 'policyArns',
};

/** Errors of the work name parameters as STS does: `roleArn`, `tags.1.member.key`. */
export async function inNamesOfSts<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const message = error.message.replace(
      / at '([^']*)' failed to/g,
      (_all, place: string) => ` at '${placeOf(place)}' failed to`,
    );
    throw new ValidationError(message, error.field);
  }
}

function placeOf(place: string): string {
  const [, name = place, index, rest = ''] = /^(\w+)(?:\[(\d+)\])?(.*)$/.exec(place) ?? [];
  const entry = index === undefined ? '' : `.${Number(index) + 1}.member`;
  return `${NAMES[name] ?? name}${entry}${rest}`;
}
