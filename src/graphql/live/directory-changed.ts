import type { LoggedChange } from '../../directory/stores/change-log.ts';
import { type DirectoryChanged as Changed, directoryChanges } from '../../guard/live/directory-changes.ts';
import { builder } from '../builder.ts';
import { liveOf } from './live.ts';

const ChangedEntityKind = builder.enumType('ChangedEntityKind', {
  description: 'Kinds of what changes in the directory',
  values: {
    ACCOUNT: { value: 'Account', description: 'An account, and what is known of it' },
    GROUP: { value: 'Group', description: 'A group, its policies, and who is in it' },
    INSTANCE_PROFILE: { value: 'InstanceProfile', description: 'An instance profile' },
    MANAGED_POLICY: { value: 'ManagedPolicy', description: 'A managed policy and its versions' },
    OIDC_PROVIDER: { value: 'OidcProvider', description: 'An OpenID Connect provider' },
    ORGANIZATION: { value: 'Organization', description: 'An organization, its units, accounts and control policies' },
    RESOURCE: { value: 'Resource', description: 'A resource, its policy and tags' },
    ROLE: { value: 'Role', description: 'A role, its policies and trust policy' },
    USER: { value: 'User', description: 'A user, its policies and tags' },
    VPC_ENDPOINT: { value: 'VpcEndpoint', description: 'A VPC endpoint and its policy' },
    OTHER: { value: 'Other', description: 'Something else that decisions are made from' },
  } as const,
});

const KINDS: ReadonlySet<string> = new Set([
  'Account',
  'Group',
  'InstanceProfile',
  'ManagedPolicy',
  'OidcProvider',
  'Organization',
  'Resource',
  'Role',
  'User',
  'VpcEndpoint',
]);

const ChangedEntity = builder.objectRef<LoggedChange>('ChangedEntity').implement({
  description: 'Something that was created, changed or deleted. Its parts, such as attachments, count as itself',
  fields: (t) => ({
    kind: t.field({
      type: ChangedEntityKind,
      description: 'What it is',
      resolve: ({ entity }) => (KINDS.has(entity) ? (entity as 'User') : 'Other'), // as: one of them
    }),
    arn: t.field({
      type: 'Arn',
      nullable: true,
      description: 'Its ARN; null for accounts, organizations and VPC endpoints, which are named by their ids',
      resolve: ({ entityId }) => (entityId.startsWith('arn:') ? entityId : null),
    }),
    name: t.string({
      description: 'Its ARN, or the id of an account, organization or VPC endpoint',
      resolve: ({ entityId }) => entityId,
    }),
    accountIds: t.field({
      type: ['AccountId'],
      description:
        'The accounts that it belonged to before, or belongs to since, as far as the subscriber may follow them; an organization ' +
        'belongs to its management account. Empty: to none, as what is AWS’s own',
      resolve: ({ accountIds }) => [...accountIds],
    }),
  }),
});

const DirectoryChanged = builder.objectRef<Changed>('DirectoryChanged').implement({
  description: 'What a revision has changed, as far as the subscriber may know of it',
  fields: (t) => ({
    revision: t.field({ type: 'Revision', description: 'The revision', resolve: ({ revision }) => revision }),
    at: t.field({ type: 'DateTime', description: 'When it was made', resolve: ({ at }) => at }),
    changes: t.field({
      type: [ChangedEntity],
      description: 'What it has changed, at most 500 in one event, in the order of kinds and names',
      resolve: ({ changes }) => [...changes],
    }),
    isLast: t.boolean({
      description:
        'Whether this is the last event of its revision. `since` this revision then misses nothing; otherwise use an earlier one',
      resolve: ({ isLast }) => isLast,
    }),
  }),
});

builder.subscriptionField('directoryChanged', (t) =>
  t.field({
    type: DirectoryChanged,
    nullable: true,
    description:
      'Every change of policies, entities, resources and organizations, in order, none lost and none twice; sessions and keys are in ' +
      'the audit trail. Of accounts where the subscriber is allowed cloudtrail:LookupEvents when the event is sent, by what the ' +
      'thing was before and is after. The operator follows all. It ends with an error when the right is lost or the credentials end',
    args: {
      since: t.arg({
        type: 'Revision',
        description:
          'Begin with the changes after this revision; left out: with those to come. CONFLICT if it is no longer kept, or from before ' +
          'a restore of the directory',
      }),
    },
    subscribe: (_root, { since }, context) => directoryChanges(liveOf(context), since ?? null),
    resolve: (event) => event,
  }),
);
