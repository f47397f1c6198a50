import type { LoggedChange } from '../../directory/stores/change-log.ts';
import type { KnowableKind, KnownEntity } from '../../guard/knowable.ts';
import { builder } from '../builder.ts';

/** What a change of the directory may be about, however the field learns of it. */
interface Named {
  /** As the log of changes names it. */
  readonly kind: string;
  /** ARN or id. */
  readonly target: string;
}

interface KindValue {
  readonly value: KnowableKind | 'Other';
  readonly description: string;
}

/** The kinds, by their names in the log of changes. */
const KINDS = {
  ACCESS_KEY: { value: 'AccessKey', description: 'A long-term key' },
  ACCOUNT: { value: 'Account', description: 'An account, and what is known of it' },
  GROUP: { value: 'Group', description: 'A group, its policies, and who is in it' },
  INSTANCE_PROFILE: { value: 'InstanceProfile', description: 'An instance profile, its role and its tags' },
  MANAGED_POLICY: { value: 'ManagedPolicy', description: 'A managed policy, its versions and its tags' },
  MFA_DEVICE: { value: 'MfaDevice', description: 'An MFA device' },
  OIDC_PROVIDER: { value: 'OidcProvider', description: 'An OpenID Connect provider' },
  ORGANIZATION: { value: 'Organization', description: 'An organization, its units, accounts and control policies' },
  RESOURCE: { value: 'Resource', description: 'A resource, its policy, tags and grants' },
  ROLE: { value: 'Role', description: 'A role, its policies, trust policy and tags' },
  SERVICE: { value: 'OwnService', description: 'A service of an application' },
  USER: { value: 'User', description: 'A user, its policies, memberships and tags' },
  VPC_ENDPOINT: { value: 'VpcEndpoint', description: 'A VPC endpoint and its policy' },
  OTHER: { value: 'Other', description: 'Something else that decisions are made from' },
} as const satisfies Readonly<Record<string, KindValue>>;

type Kind = (typeof KINDS)[keyof typeof KINDS]['value'];

const NAMES: ReadonlySet<string> = new Set(Object.values(KINDS).map(({ value }) => value));

/** A gateway of a later version may write more into the log. */
function isKind(name: string): name is Kind {
  return NAMES.has(name);
}

const ChangedEntityKind = builder.enumType('ChangedEntityKind', {
  description: 'Kinds of what changes in the directory',
  values: KINDS,
});

const ChangedEntity = builder.interfaceRef<Named>('ChangedEntity').implement({
  description:
    'Something that a change of the directory created, changed or deleted. What belongs to an entity, such as its inline policies ' +
    'and attachments, counts as the entity',
  fields: (t) => ({
    kind: t.field({
      type: ChangedEntityKind,
      description: 'Its kind',
      resolve: ({ kind }) => (isKind(kind) ? kind : 'Other'),
    }),
    arn: t.field({
      type: 'Arn',
      nullable: true,
      description: 'Its ARN; null for what is named by its id, or by its prefix',
      resolve: ({ target }) => (target.startsWith('arn:') ? target : null),
    }),
    target: t.string({
      description:
        'Its ARN; of accounts, organizations, access keys and VPC endpoints the id; of services of applications the prefix',
      resolve: ({ target }) => target,
    }),
  }),
});

/** An entity that a change touched, as the answer to the change names it. */
export const TouchedEntity = builder.objectRef<KnownEntity>('TouchedEntity').implement({
  description: 'An entity that a change touched',
  interfaces: [ChangedEntity],
});

/** An entry of the log of changes. */
export const LoggedEntity = builder.objectRef<LoggedChange & Named>('LoggedEntity').implement({
  description: 'An entity that a revision of the directory has changed',
  interfaces: [ChangedEntity],
  fields: (t) => ({
    accountIds: t.field({
      type: ['AccountId'],
      description:
        'The accounts that it belonged to before, or belongs to since, as far as the subscriber may follow them; an organization ' +
        'belongs to its management account. Empty: to none, as what is AWS’s own',
      resolve: ({ accountIds }) => [...accountIds],
    }),
  }),
});
