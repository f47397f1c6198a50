import { InlinePolicy, ManagedPolicy } from './managed-policy.ts';
import { TagType, tagList } from './tag.ts';

export { ACCOUNT, ARN, NAME, PATH } from './named-fields.ts';

// Fields that users, roles, groups, role sessions and resources share, as options for the field builder of each.

export const CREATED_AT = {
  type: 'DateTime',
  nullable: true,
  description: 'When it was created, or first imported',
} as const;

export const UNIQUE_ID_OUTLIVES =
  'It stays the same after renaming, and a later entity of the same name has another one';

const MANAGED_POLICIES: [typeof ManagedPolicy] = [ManagedPolicy];
const TAG_LIST: [typeof TagType] = [TagType];

/** With `policiesOf`. */
export const ATTACHED_POLICIES = {
  type: MANAGED_POLICIES,
  nullable: true,
  description: 'The managed policies attached to it',
} as const;

/** The policies in the attachments of a row, which each type selects from its own table. */
export function policiesOf<Policy>({ attachments }: { readonly attachments: readonly { policy: Policy }[] }): Policy[] {
  return attachments.map(({ policy }) => policy);
}

export const INLINE_POLICIES = {
  type: InlinePolicy,
  nullable: true,
  description: 'The inline policies, which are embedded in it',
  query: { orderBy: { name: 'asc' } },
} as const;

export const PERMISSIONS_BOUNDARY = {
  type: ManagedPolicy,
  nullable: true,
  description: 'The managed policy that limits what its identity policies can allow; null: no boundary',
} as const;

export const TAGS = {
  type: TAG_LIST,
  nullable: true,
  description: 'The tags, in the order of their keys',
  select: { tags: true },
  resolve: ({ tags }: { readonly tags: unknown }) => tagList(tags),
} as const;
