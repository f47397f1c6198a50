import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { AccessPointInput, KmsGrantInput } from '../../directory/document.ts';
import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { PublicAccessBlock, publicAccessBlockOf } from './public-access-block.ts';
import { Resource } from './resource.ts';
import { TagType, tagList } from './tag.ts';

export const ObjectOwnership = builder.enumType('ObjectOwnership', {
  description: 'S3 Object Ownership of a bucket',
  values: {
    BUCKET_OWNER_ENFORCED: {
      value: 'BucketOwnerEnforced',
      description: 'The owner of the bucket owns all objects, and ACLs have no effect',
    },
    BUCKET_OWNER_PREFERRED: {
      value: 'BucketOwnerPreferred',
      description: 'The owner of the bucket owns objects that are written with the ACL `bucket-owner-full-control`',
    },
    OBJECT_WRITER: { value: 'ObjectWriter', description: 'Whoever writes an object owns it' },
  } as const,
});

type ObjectOwnershipValue = (typeof ObjectOwnership)['$inferType'];

const NetworkOrigin = builder.enumType('NetworkOrigin', {
  description: 'From where an access point is reached',
  values: {
    INTERNET: { value: 'INTERNET', description: 'From anywhere' },
    VPC: { value: 'VPC', description: 'Only from one VPC: S3 rejects all other requests' },
  } as const,
});

const AccessPoint = builder.objectRef<AccessPointInput>('AccessPoint').implement({
  description: 'What an access point of S3 leads to, and from where it is reached',
  fields: (t) => ({
    bucket: t.field({ type: 'Arn', description: 'ARN of its bucket', resolve: ({ bucket }) => bucket }),
    networkOrigin: t.field({
      type: NetworkOrigin,
      description: 'From where it is reached',
      resolve: ({ vpcId }) => (vpcId === null ? 'INTERNET' : 'VPC'),
    }),
    vpcId: t.exposeString('vpcId', {
      nullable: true,
      description: 'The VPC: vpc-…; null: it is reached from anywhere',
    }),
  }),
});

const CONSTRAINT = 'as pairs of keys and values, in the order of the keys; empty: none';

const KmsGrant = builder.objectRef<KmsGrantInput>('KmsGrant').implement({
  description: 'A grant of a KMS key: it lets a principal use the key',
  fields: (t) => ({
    grantId: t.exposeString('id', { description: 'Id of the grant' }),
    name: t.string({
      nullable: true,
      description: 'Name of the grant; null: none',
      resolve: ({ name }) => name ?? null,
    }),
    granteePrincipal: t.exposeString('granteePrincipal', {
      description: 'Whom it lets use the key: an ARN or a service principal, or what remains of one that was deleted',
    }),
    retiringPrincipal: t.string({
      nullable: true,
      description: 'Who else may retire the grant; null: nobody',
      resolve: ({ retiringPrincipal }) => retiringPrincipal ?? null,
    }),
    operations: t.stringList({
      description: 'The operations that it allows: Decrypt, GenerateDataKey …',
      resolve: ({ operations }) => [...operations],
    }),
    encryptionContextSubset: t.field({
      type: [TagType],
      description: `What the encryption context of a request must contain, ${CONSTRAINT}`,
      resolve: (grant) => tagList(grant.encryptionContextSubset ?? {}),
    }),
    encryptionContextEquals: t.field({
      type: [TagType],
      description: `What the encryption context of a request must be, ${CONSTRAINT}`,
      resolve: (grant) => tagList(grant.encryptionContextEquals ?? {}),
    }),
  }),
});

const AT_CONFIG = 'Needs config:GetResourceConfigHistory, or';

builder.prismaObjectFields(Resource, (t) => ({
  region: t.string({
    nullable: true,
    description: `Region of a bucket, or the one in the ARN; null: none, or not known. ${AT_CONFIG} s3:GetBucketLocation on a bucket`,
    select: { region: true },
    resolve: ({ arn, region }) => region ?? regionIn(arn),
  }),
  publicAccessBlock: t.field({
    type: PublicAccessBlock,
    nullable: true,
    description: `S3 Block Public Access of a bucket or access point; null: none is configured, or not known. ${AT_CONFIG} s3:GetBucketPublicAccessBlock on a bucket`,
    select: { publicAccessBlock: true },
    resolve: ({ publicAccessBlock }) => publicAccessBlockOf(publicAccessBlock),
  }),
  accessPoint: t.field({
    type: AccessPoint,
    nullable: true,
    description: `What an access point of S3 leads to, and from where it is reached; null: it is none, or not known. ${AT_CONFIG} s3:GetAccessPoint`,
    select: { accessPoint: true },
    resolve: ({ accessPoint }) => accessPoint as unknown as AccessPointInput | null, // as: written by directory/apply
  }),
  objectOwnership: t.field({
    type: ObjectOwnership,
    nullable: true,
    description: `S3 Object Ownership of a bucket; null: not known. ${AT_CONFIG} s3:GetBucketOwnershipControls on it`,
    select: { objectOwnership: true },
    resolve: ({ objectOwnership }) => objectOwnership as ObjectOwnershipValue | null, // as: checked when it was stored
  }),
  abacEnabled: t.exposeBoolean('abacEnabled', {
    nullable: true,
    description: `Whether attribute-based access control is enabled for a bucket; null: not known. ${AT_CONFIG} s3:GetBucketAbac on it`,
  }),
  grants: t.field({
    type: [KmsGrant],
    nullable: true,
    description: `Grants of a KMS key; empty: none, or not known. ${AT_CONFIG} kms:ListGrants on it`,
    select: { grants: true },
    resolve: ({ grants }) => [...(grants as unknown as readonly KmsGrantInput[])], // as: written by directory/apply
  }),
  policyHolder: t.field({
    type: Resource,
    nullable: true,
    description:
      'The resource whose policy governs it: itself, or the one that it lies in (the bus of a rule, the table of an index); ' +
      'null: such resources have none, it is not in the directory, or the caller may not read it',
    resolve: ({ arn }, _args, context) => policyHolder(context, arn),
  }),
}));

function regionIn(arn: string): string | null {
  const region = arn.split(':', 4)[3] ?? '';
  return region === '' ? null : region;
}

interface Holder {
  readonly arn: string;
  readonly accountId: string;
  readonly policyHash: string | null;
}

const stored = createContextCache(
  (context: GatewayContext) =>
    new DataLoader<string, Holder | null>(async (arns) => {
      const rows = await context.directory.prisma.resource.findMany({
        where: { arn: { in: [...arns] } },
        select: { arn: true, accountId: true, policyHash: true },
      });
      const known = new Map(rows.map((row) => [row.arn, row]));
      return arns.map((arn) => known.get(arn) ?? null);
    }),
);

/** As decisions find it: the nearest stored one with a policy, else the nearest stored one. */
async function policyHolder(
  context: GatewayContext,
  arn: string,
): Promise<{ readonly arn: string; readonly accountId: string } | null> {
  const rows = await Promise.all(context.catalog.policyHolders(arn).map((holder) => stored(context).load(holder)));
  const known = rows.filter((row) => row !== null);
  const holder = known.find(({ policyHash }) => policyHash !== null) ?? known[0];
  if (holder === undefined || (holder.arn !== arn && !(await mayRead(context, 'Resource', holder.arn)))) return null;
  return brand({ arn: holder.arn, accountId: holder.accountId }, 'Resource');
}
