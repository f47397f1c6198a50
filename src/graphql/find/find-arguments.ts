import type { FindFilter, FindOrder } from '../../directory/find/find-store.ts';
import { MIN_SUBSTRING } from '../../directory/find/find-tables.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { builder } from '../builder.ts';

const OrderField = builder.enumType('OrderField', {
  description: 'What lists of entities can be sorted by. Entries with the same value are in the order of their ids',
  values: {
    ID: { description: 'The unique id of IAM (AIDA…, AROA…), the number of an account, or the ARN of a resource' },
    ARN: { description: 'The ARN; accounts have none' },
    NAME: { description: 'The name without regard to case; resources have none' },
    CREATED_AT: { description: 'The time of creation; accounts and resources have none' },
  } as const,
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Direction of an order',
  values: {
    ASC: { description: 'The least first' },
    DESC: { description: 'The greatest first' },
  } as const,
});

const OrderInput = builder.inputType('OrderInput', {
  description: 'Order of a list',
  fields: (t) => ({
    field: t.field({ type: OrderField, required: true, description: 'What to sort by' }),
    direction: t.field({ type: OrderDirection, description: 'Direction of the order. Left out: ASC' }),
  }),
});

const TagMatchInput = builder.inputType('TagMatchInput', {
  description: 'A condition on tags',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Entities that have a tag with this key, without regard to case' }),
    value: t.string({ description: 'And with exactly this value. Left out: any' }),
  }),
});

export const PrincipalKind = builder.enumType('PrincipalKind', {
  description: 'Kinds of principals that lists contain',
  values: {
    USER: { description: 'Users' },
    ROLE: { description: 'Roles' },
  } as const,
});

export const PolicyScope = builder.enumType('PolicyScope', {
  description: 'Who has made a managed policy',
  values: {
    AWS: { description: 'AWS managed policies' },
    CUSTOMER: { description: 'Customer managed policies' },
  } as const,
});

const SEARCHED = `without regard to case. A search of fewer than ${MIN_SUBSTRING} characters finds`;

/** Arguments that lists have in common, by name. Each is made for the field that takes it. */
export const SEARCH_DESCRIPTION = `Only those with this text anywhere in their name, ARN or unique id, ${SEARCHED} names that begin with it`;
export const SEARCH_ACCOUNTS_DESCRIPTION = `Only those with this text anywhere in their name or id, ${SEARCHED} names and ids that begin with it`;
export const SEARCH_RESOURCES_DESCRIPTION = `Only those with this text anywhere in their ARN, ${SEARCHED} what begins with it behind the account in the ARN`;

const ACCOUNT_ID_LIST: ['AccountId'] = ['AccountId'];

export const ACCOUNT_IDS = {
  type: ACCOUNT_ID_LIST,
  description:
    'Only those of these accounts, at most 10,000. One that the caller may not list is answered like one that does not exist. Left out: all',
} as const;
export const PATH_DESCRIPTION = 'Only those whose path begins with this: `/team/`';
export const TAG = {
  type: TagMatchInput,
  description: 'Only those with this tag, as far as the caller may read their tags',
} as const;
export const ATTACHED_TO = {
  type: 'Arn',
  description:
    'Only policies that are attached to this user, group or role. Needs iam:ListAttachedUserPolicies, ' +
    'iam:ListAttachedGroupPolicies or iam:ListAttachedRolePolicies on it; without it the list is empty',
} as const;
export const SERVICES_DESCRIPTION = 'Only resources of these services, by the prefix of their actions: `s3`, `sqs` …';
export const HAS_POLICY_DESCRIPTION =
  'Only resources with (true) or without (false) a resource-based policy, of accounts in which the caller is allowed ' +
  'config:GetResourceConfigHistory';

export function orderBy(field: FindOrder['field']) {
  return { type: OrderInput, description: `Order of the list. Left out: by ${field}, ascending` } as const;
}

/** Longest search, and longest path, tag and id: IAM's ARNs are not longer. */
const MAX_TEXT = 2048;
/** Most accounts or services in one argument. */
const MAX_ENTRIES = 10_000;

type OrNull<T> = T | null | undefined;

/** The arguments of a list as clients give them. */
export interface FindArguments {
  readonly search?: OrNull<string>;
  readonly accountIds?: OrNull<readonly string[]>;
  readonly path?: OrNull<string>;
  readonly tag?: OrNull<{ readonly key: string; readonly value?: OrNull<string> }>;
  readonly organizationId?: OrNull<string>;
  readonly scope?: OrNull<'AWS' | 'CUSTOMER'>;
  readonly attachedTo?: OrNull<string>;
  readonly services?: OrNull<readonly string[]>;
  readonly hasPolicy?: OrNull<boolean>;
  readonly orderBy?: OrNull<{ readonly field: FindOrder['field']; readonly direction?: OrNull<'ASC' | 'DESC'> }>;
}

export function checkLength(name: string, text: OrNull<string>): void {
  if (text != null && text.length > MAX_TEXT) {
    throw new InvalidInput(name, `\`${name}\` is ${text.length} characters long; the limit is ${MAX_TEXT}`);
  }
}

function checkEntries(name: string, entries: OrNull<readonly string[]>): void {
  if (entries != null && entries.length > MAX_ENTRIES) {
    throw new InvalidInput(name, `\`${name}\` has ${entries.length} entries; the limit is ${MAX_ENTRIES}`);
  }
}

/** The conditions in the arguments of a list. Throws InvalidInput with the name of the argument. */
export function filterOf(args: FindArguments): FindFilter {
  const { search, path, tag, organizationId, scope, attachedTo, services, hasPolicy } = args;
  checkLength('search', search);
  checkLength('path', path);
  checkLength('organizationId', organizationId);
  checkLength('tag.key', tag?.key);
  checkLength('tag.value', tag?.value);
  checkEntries('accountIds', args.accountIds);
  checkEntries('services', services);
  if (path != null && !path.startsWith('/')) throw new InvalidInput('path', '`path` must begin with a slash');
  return {
    ...(search == null ? {} : { search }),
    ...(path == null ? {} : { path }),
    ...(tag == null ? {} : { tag: { key: tag.key, value: tag.value ?? null } }),
    ...(organizationId == null ? {} : { organizationId }),
    ...(scope == null ? {} : { policyScope: scope }),
    ...(attachedTo == null ? {} : { attachedTo }),
    ...(services == null ? {} : { services }),
    ...(hasPolicy == null ? {} : { hasPolicy }),
  };
}
