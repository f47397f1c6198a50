import type * as iam from '@aws-sdk/client-iam';
import { parseArn } from '../../../policy/arn.ts';
import type { PrincipalRef } from '../../../policy/principal-id.ts';
import type { AwsContext, Operation, Operations } from '../operation.ts';
import { oneOf, userArnOrOwn } from './given.ts';
import { performedOn } from './on-named.ts';

/** A user as the guards name it. */
function userRef(arn: string): PrincipalRef {
  return { kind: 'user', arn, accountId: parseArn(arn)?.accountId ?? '' };
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
const createAccessKey: Operation<iam.CreateAccessKeyRequest, iam.CreateAccessKeyResponse> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const userArn = await userArnOrOwn(context, given.UserName);
  const made = await performedOn(context, given, 'CreateAccessKey', { principal: userRef(userArn) }, () =>
    sessions.createAccessKey({ userArn }, caller, now, origin),
  );
  return {
    AccessKey: {
      UserName: nameIn(userArn),
      AccessKeyId: made.accessKeyId,
      Status: 'Active',
      SecretAccessKey: made.secretAccessKey,
      CreateDate: new Date(now),
    },
  };
};

/** The user and the key of an operation on a key. */
async function keyOf(
  context: AwsContext,
  given: { readonly UserName?: string | undefined; readonly AccessKeyId: string },
) {
  const owner = await userArnOrOwn(context, given.UserName);
  const { AccessKeyId: accessKeyId } = given;
  return { key: { accessKeyId, owner }, values: { principal: userRef(owner), accessKeyId } };
}

const STATUSES = ['Active', 'Inactive'] as const;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
const updateAccessKey: Operation<iam.UpdateAccessKeyRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const active = oneOf(given.Status, STATUSES, 'status') === 'Active';
  const { key, values } = await keyOf(context, given);
  await performedOn(context, given, 'UpdateAccessKey', values, () =>
    sessions.setAccessKeyActive(caller, { ...key, active }, now, origin),
  );
  return null;
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
const deleteAccessKey: Operation<iam.DeleteAccessKeyRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const { key, values } = await keyOf(context, given);
  await performedOn(context, given, 'DeleteAccessKey', values, () =>
    sessions.deleteAccessKey(caller, key, now, origin),
  );
  return null;
};

/** Long-term keys of users. */
export const ACCESS_KEY_CHANGES = {
  CreateAccessKey: createAccessKey,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
} satisfies Operations;
