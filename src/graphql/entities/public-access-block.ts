import type { PublicAccessBlock as Settings } from '../../directory/document.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';

export const PublicAccessBlock = builder.objectRef<Settings>('PublicAccessBlock').implement({
  description: 'Settings of S3 Block Public Access',
  fields: (t) => ({
    blockPublicAcls: t.exposeBoolean('blockPublicAcls', { description: 'Whether new public ACLs are refused' }),
    ignorePublicAcls: t.exposeBoolean('ignorePublicAcls', { description: 'Whether public ACLs have no effect' }),
    blockPublicPolicy: t.exposeBoolean('blockPublicPolicy', {
      description: 'Whether new bucket policies that are public are refused',
    }),
    restrictPublicBuckets: t.exposeBoolean('restrictPublicBuckets', {
      description: 'Whether a public bucket policy lets in only the account of the bucket and services of AWS',
    }),
  }),
});

/** As stored: a JSON object, or null. */
export function publicAccessBlockOf(stored: unknown): Settings | null {
  return stored as Settings | null; // as: written by directory/apply
}

builder.prismaObjectFields(Account, (t) => ({
  publicAccessBlock: t.field({
    type: PublicAccessBlock,
    nullable: true,
    description:
      'S3 Block Public Access of the account; null: none is configured, or not known. Needs s3:GetAccountPublicAccessBlock',
    select: { publicAccessBlock: true },
    resolve: ({ publicAccessBlock }) => publicAccessBlockOf(publicAccessBlock),
  }),
  organizationPublicAccessBlock: t.field({
    type: PublicAccessBlock,
    nullable: true,
    description:
      'S3 Block Public Access that the S3 policies of the organization set for the account; null: none, or not known. Needs ' +
      'organizations:DescribeEffectivePolicy on the account',
    select: { organizationPublicAccessBlock: true },
    resolve: ({ organizationPublicAccessBlock }) => publicAccessBlockOf(organizationPublicAccessBlock),
  }),
}));
