import { Account } from './account.ts';
import { accountIn, nameIn, pathIn } from './arn-parts.ts';
import { InlinePolicy, ManagedPolicy } from './managed-policy.ts';
import { TagType, tagList } from './tag.ts';

// Fields that users, roles, groups, role sessions and resources have in common, as options of the field builder of each.

interface WithArn {
  readonly arn: string;
}

export const ARN = {
  type: 'Arn',
  description: 'Its ARN',
  resolve: ({ arn }: WithArn) => arn,
} as const;

export const NAME = {
  description: 'Its name, without its path',
  resolve: ({ arn }: WithArn) => nameIn(arn),
} as const;

export const PATH = {
  description: 'Begins and ends with a slash',
  resolve: ({ arn }: WithArn) => pathIn(arn),
} as const;

export const ACCOUNT = {
  type: Account,
  description: 'The account it belongs to',
  resolve: ({ arn }: WithArn) => accountIn(arn),
};

export const CREATED_AT = {
  type: 'DateTime',
  nullable: true,
  description: 'When it was made, or first imported',
} as const;

export const UNIQUE_ID_OUTLIVES = 'It outlives renaming, and another of the same name, made later, has another';

const MANAGED_POLICIES: [typeof ManagedPolicy] = [ManagedPolicy];
const TAG_LIST: [typeof TagType] = [TagType];

/** With `policiesOf`. */
export const ATTACHED_POLICIES = {
  type: MANAGED_POLICIES,
  nullable: true,
  description: 'The managed policies attached to it',
} as const;

/** What a row’s attachments say, which each type selects of its own table. */
export function policiesOf<Policy>({ attachments }: { readonly attachments: readonly { policy: Policy }[] }): Policy[] {
  return attachments.map(({ policy }) => policy);
}

export const INLINE_POLICIES = {
  type: InlinePolicy,
  nullable: true,
  description: 'The policies that are part of it',
  query: { orderBy: { name: 'asc' } },
} as const;

export const PERMISSIONS_BOUNDARY = {
  type: ManagedPolicy,
  nullable: true,
  description: 'The policy that bounds what its identity policies can allow; null: unbounded',
} as const;

export const TAGS = {
  type: TAG_LIST,
  nullable: true,
  description: 'Its tags, in the order of their keys',
  select: { tags: true },
  resolve: ({ tags }: { readonly tags: unknown }) => tagList(tags),
} as const;
