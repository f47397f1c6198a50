import { RolegateError } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { readableAccount, readableResource } from '../entities/readable-entities.ts';
import { Resource } from '../entities/resource.ts';
import { LimitFailure, NoSuchEntityFailure, ValidationFailure } from '../failures.ts';
import { EncryptionContextPairInput, PublicAccessBlockInput } from '../questions/simulated-resource.ts';
import { type Changed, changedFields } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';
import { said } from './said.ts';

// S3 Block Public Access and grants of KMS keys.

const PublicAccessBlockChangeSuccess = builder.objectRef<Changed>('PublicAccessBlockChangeSuccess').implement({
  description: 'S3 Block Public Access was configured; the change takes effect at the next request',
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description:
        'The account that it was configured for; null if it was a bucket or access point, or the caller may not read the account',
      resolve: ({ arn }, _args, context) => (arn.startsWith('arn:') ? null : readableAccount(context, arn)),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description:
        'The bucket or access point that it was configured for; null if it was an account, or the caller may not read it',
      resolve: ({ arn }, _args, context) => (arn.startsWith('arn:') ? readableResource(context, arn) : null),
    }),
    ...changedFields(t),
  }),
});

const PLACE = 'Either this or `accountId` is given';
const OF_ACCOUNT = 'The account. Either this or `resourceArn` is given';
const NEEDS =
  'Needs s3:PutAccountPublicAccessBlock in the account, s3:PutBucketPublicAccessBlock on the bucket, or ' +
  's3:PutAccessPointPublicAccessBlock in the account of the access point';

interface Place {
  readonly accountId?: string;
  readonly resourceArn?: string;
}

function placeOf({ accountId, resourceArn }: Place): { readonly accountId: string } | { readonly resourceArn: string } {
  if (accountId !== undefined && resourceArn === undefined) return { accountId };
  if (resourceArn !== undefined && accountId === undefined) return { resourceArn };
  throw new RolegateError('ValidationError', 'exactly one of `accountId` and `resourceArn` is given', {
    field: 'accountId',
  });
}

changeMutation('putPublicAccessBlock', {
  description: `s3:PutPublicAccessBlock: configures S3 Block Public Access of an account, a bucket or an access point. ${NEEDS}`,
  input: builder.inputType('PutPublicAccessBlockInput', {
    description: 'Where S3 Block Public Access is configured, and how',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', description: OF_ACCOUNT }),
      resourceArn: t.field({ type: 'Arn', description: `The bucket or access point. ${PLACE}` }),
      settings: t.field({ type: PublicAccessBlockInput, required: true, description: 'All of the settings' }),
    }),
  }),
  success: PublicAccessBlockChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => ({ ...placeOf(said(input)), publicAccessBlock: input.settings }),
});

changeMutation('deletePublicAccessBlock', {
  description: `s3:DeletePublicAccessBlock: removes the settings of S3 Block Public Access of an account, a bucket or an access point. ${NEEDS}`,
  input: builder.inputType('DeletePublicAccessBlockInput', {
    description: 'Where S3 Block Public Access is configured',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', description: OF_ACCOUNT }),
      resourceArn: t.field({ type: 'Arn', description: `The bucket or access point. ${PLACE}` }),
    }),
  }),
  success: PublicAccessBlockChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => placeOf(said(input)),
});

/** A change of a grant touches its key. */
function keyOf({ touched }: Changed): string | undefined {
  return touched.find(({ entity }) => entity === 'Resource')?.entityId;
}

const CreateGrantSuccess = builder.objectRef<Changed>('CreateGrantSuccess').implement({
  description: 'The grant is there; in a dry run, it would be',
  fields: (t) => ({
    grantId: t.string({
      description: 'Id of the grant; in a dry run, one that it could have',
      resolve: ({ arn }) => arn,
    }),
    key: t.field({
      type: Resource,
      nullable: true,
      description:
        'The key after the change, in a dry run before it; null if the grant was there before, or the caller may not read the key',
      resolve: (change, _args, context) => {
        const arn = keyOf(change);
        return arn === undefined ? null : readableResource(context, arn);
      },
    }),
    ...changedFields(t),
  }),
});

function endedGrant(name: string, done: string) {
  return builder.objectRef<Changed>(name).implement({
    description: `The grant was ${done}; in a dry run, it would be`,
    fields: (t) => ({
      key: t.field({
        type: Resource,
        nullable: true,
        description: 'The key after the change, in a dry run before it; null if the caller may not read it',
        resolve: ({ arn }, _args, context) => readableResource(context, arn),
      }),
      ...changedFields(t),
    }),
  });
}

const RevokeGrantSuccess = endedGrant('RevokeGrantSuccess', 'revoked');
const RetireGrantSuccess = endedGrant('RetireGrantSuccess', 'retired');

const KEY = 'ARN of the KMS key';
const PAIRS = 'at most 8 pairs of keys and values with different keys';

type Pairs = readonly { readonly key: string; readonly value: string }[];

/** Throws where two pairs have one key: neither would count. */
function pairsOf(pairs: Pairs, field: string): Readonly<Record<string, string>> {
  const record = Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
  if (Object.keys(record).length === pairs.length) return record;
  throw new RolegateError('ValidationError', `two pairs of ${field} have the same key`, { field });
}

changeMutation('createGrant', {
  description:
    'kms:CreateGrant: lets a principal use a KMS key. A grant with the name and the terms of one that is there is that one. A key has ' +
    'at most 50,000. Needs kms:CreateGrant on the key, with kms:GranteePrincipal, kms:GrantOperations, kms:RetiringPrincipal, ' +
    'kms:GrantConstraintType, kms:EncryptionContext and kms:EncryptionContextKeys',
  input: builder.inputType('CreateGrantInput', {
    description: 'The parameters of kms:CreateGrant',
    fields: (t) => ({
      keyArn: t.field({ type: 'Arn', required: true, description: KEY }),
      granteePrincipal: t.string({
        required: true,
        description: 'Whom it lets use the key: the ARN of a principal, or a service principal',
      }),
      retiringPrincipal: t.string({ description: 'Who else may retire the grant. Left out: nobody' }),
      operations: t.stringList({
        required: true,
        description: 'The operations that it allows: Decrypt, GenerateDataKey …',
      }),
      name: t.string({ description: 'Name of the grant: 1 to 256 characters of A-Z a-z 0-9 : / _ -. Left out: none' }),
      encryptionContextSubset: t.field({
        type: [EncryptionContextPairInput],
        description: `What the encryption context of a request must contain: ${PAIRS}. Left out: anything`,
      }),
      encryptionContextEquals: t.field({
        type: [EncryptionContextPairInput],
        description: `What the encryption context of a request must be: ${PAIRS}. Left out: anything`,
      }),
    }),
  }),
  success: CreateGrantSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure],
  changeOf: (input) => {
    const { encryptionContextSubset: subset, encryptionContextEquals: equals, ...rest } = said(input);
    return {
      ...rest,
      ...(subset === undefined ? {} : { encryptionContextSubset: pairsOf(subset, 'encryptionContextSubset') }),
      ...(equals === undefined ? {} : { encryptionContextEquals: pairsOf(equals, 'encryptionContextEquals') }),
    };
  },
});

changeMutation('revokeGrant', {
  description: 'kms:RevokeGrant: deletes a grant of a KMS key. Needs kms:RevokeGrant on the key',
  input: builder.inputType('RevokeGrantInput', {
    description: 'The parameters of kms:RevokeGrant',
    fields: (t) => ({
      keyArn: t.field({ type: 'Arn', required: true, description: KEY }),
      grantId: t.string({ required: true, description: 'Id of the grant' }),
    }),
  }),
  success: RevokeGrantSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('retireGrant', {
  description:
    'kms:RetireGrant: deletes a grant of a KMS key that is not needed any more. The retiring principal of the grant may, its grantee ' +
    'if it has the operation RetireGrant, the root user of the account of the key, and whom that account lets by an identity policy; a ' +
    'Deny of kms:RetireGrant binds them all. The constraints of the grant are condition keys, as for kms:CreateGrant',
  input: builder.inputType('RetireGrantInput', {
    description: 'The parameters of kms:RetireGrant',
    fields: (t) => ({
      keyArn: t.field({ type: 'Arn', required: true, description: KEY }),
      grantId: t.string({ required: true, description: 'Id of the grant' }),
    }),
  }),
  success: RetireGrantSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
