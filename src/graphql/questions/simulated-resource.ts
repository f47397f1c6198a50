import type { KmsGrant } from '../../evaluation/key-grant.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { builder } from '../builder.ts';

export const PublicAccessBlockInput = builder.inputType('PublicAccessBlockInput', {
  description:
    'Settings of S3 Block Public Access at one level. Only `restrictPublicBuckets` changes decisions: the others are about calls that ' +
    'carry a policy or an ACL, and about ACLs',
  fields: (t) => ({
    blockPublicAcls: t.boolean({ required: true, defaultValue: false, description: 'Calls with a public ACL fail' }),
    ignorePublicAcls: t.boolean({ required: true, defaultValue: false, description: 'Public ACLs have no effect' }),
    blockPublicPolicy: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Public policies cannot be saved',
    }),
    restrictPublicBuckets: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Where the policy is public, only AWS services and the account of the owner have access',
    }),
  }),
});

export const PublicAccessBlocksInput = builder.inputType('PublicAccessBlocksInput', {
  description:
    'S3 Block Public Access at each level, of which the most restrictive counts; a level left out or null has no settings',
  fields: (t) => ({
    organization: t.field({
      type: PublicAccessBlockInput,
      description: 'Of the organization’s S3 policies, which replace the settings of the account',
    }),
    account: t.field({ type: PublicAccessBlockInput, description: 'Of the account that owns the bucket' }),
    accessPoint: t.field({
      type: PublicAccessBlockInput,
      description: 'Of the access point, for requests through one',
    }),
    bucket: t.field({ type: PublicAccessBlockInput, description: 'Of the bucket' }),
  }),
});

export const EncryptionContextPairInput = builder.inputType('EncryptionContextPairInput', {
  description: 'A pair of an encryption context',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Key of the pair; compared without regard to case' }),
    value: t.string({ required: true, description: 'Value of the pair' }),
  }),
});

export const KmsGrantInput = builder.inputType('KmsGrantInput', {
  description: 'A grant of a KMS key',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the grant, by which answers name it' }),
    name: t.string({ description: 'Name of the grant; null: none' }),
    granteePrincipal: t.string({
      required: true,
      description:
        'Who gets the permissions: ARN of an account’s root, a user, a role or a session, or a service principal',
    }),
    retiringPrincipal: t.string({ description: 'Who may retire the grant besides; null: nobody' }),
    operations: t.stringList({
      required: true,
      description: 'The operations that it allows, without the service: Decrypt, GenerateDataKey …',
    }),
    encryptionContextSubset: t.field({
      type: [EncryptionContextPairInput],
      description:
        'Pairs that the encryption context of a request must have, at most 8. They are given as context keys `kms:EncryptionContext:KEY`',
    }),
    encryptionContextEquals: t.field({
      type: [EncryptionContextPairInput],
      description: 'Pairs that the encryption context of a request must consist of, at most 8',
    }),
  }),
});

interface Pair {
  readonly key: string;
  readonly value: string;
}

interface GivenGrant {
  readonly id: string | number;
  readonly name?: string | null | undefined;
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string | null | undefined;
  readonly operations: readonly string[];
  readonly encryptionContextSubset?: readonly Pair[] | null | undefined;
  readonly encryptionContextEquals?: readonly Pair[] | null | undefined;
}

/** `field` names the grant in errors. */
export function toGrant(given: GivenGrant, field: string): KmsGrant {
  const { id, name, granteePrincipal, retiringPrincipal, operations } = given;
  const { encryptionContextSubset: subset, encryptionContextEquals: equals } = given;
  return {
    id: String(id),
    ...(name == null ? {} : { name }),
    granteePrincipal,
    ...(retiringPrincipal == null ? {} : { retiringPrincipal }),
    operations,
    ...(subset == null ? {} : { encryptionContextSubset: toPairs(subset, `${field}.encryptionContextSubset`) }),
    ...(equals == null ? {} : { encryptionContextEquals: toPairs(equals, `${field}.encryptionContextEquals`) }),
  };
}

function toPairs(pairs: readonly Pair[], field: string): Readonly<Record<string, string>> {
  const twice = pairs.findIndex(({ key }, i) => pairs.slice(0, i).some((other) => other.key === key));
  if (twice >= 0) throw new InvalidInput(`${field}[${twice}].key`, 'this key is given twice');
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
