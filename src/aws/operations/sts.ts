import type * as sts from '@aws-sdk/client-sts';
import { performed } from './allowed.ts';
import type { Operation, Operations } from './operation.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const getCallerIdentity: Operation<sts.GetCallerIdentityRequest, sts.GetCallerIdentityResponse> = async ({
  sessions,
  caller,
}) => {
  const { userId, account, arn } = await sessions.getCallerIdentity(caller);
  return { UserId: userId, Account: account ?? undefined, Arn: arn };
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const assumeRole: Operation<sts.AssumeRoleRequest, sts.AssumeRoleResponse> = (context, input) =>
  performed(context, 'AssumeRole', {}, async () => {
    const { sessions, caller, now, origin } = context;
    const { session, credentials, packedPolicySize } = await sessions.assumeRole(
      caller,
      {
        role: input.RoleArn,
        roleSessionName: input.RoleSessionName,
        durationSeconds: input.DurationSeconds ?? null,
        externalId: input.ExternalId ?? null,
        sessionPolicies: input.Policy === undefined ? [] : [input.Policy],
        sessionPolicyArns: (input.PolicyArns ?? []).map(({ arn }) => arn ?? ''),
        tags: (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
        transitiveTagKeys: [...(input.TransitiveTagKeys ?? [])],
        sourceIdentity: input.SourceIdentity ?? null,
        serialNumber: input.SerialNumber ?? null,
        tokenCode: input.TokenCode ?? null,
      },
      now,
      origin,
    );
    return {
      Credentials: credentialsOf(credentials),
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${session.roleSessionName}`, Arn: session.arn },
      PackedPolicySize: packedPolicySize ?? undefined,
      SourceIdentity: session.sourceIdentity ?? undefined,
    };
  });

/** Temporary credentials in STS's form. */
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

/** Operations of the Security Token Service. */
export const STS_OPERATIONS = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
} satisfies Operations;
