import type * as iam from '@aws-sdk/client-iam';
import type { FindFilter, FindPage, Found } from '../../../directory/find/find-store.ts';
import { visibleInAccount } from '../../../guard/visible-entities.ts';
import type { AwsContext, Operation, Operations } from '../operation.ts';
import { groupDetail, policyDetail, roleDetail, userDetail } from './detail-outputs.ts';
import { oneOf } from './filters.ts';
import { type Place, paged } from './paging.ts';
import { permittedInAccount } from './permitted.ts';

const FILTERS = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;

/** In the order in which the details of an account go from page to page. */
const PARTS = [
  { name: 'User', kind: 'User', filter: {} },
  { name: 'Group', kind: 'Group', filter: {} },
  { name: 'Role', kind: 'Role', filter: {} },
  { name: 'LocalManagedPolicy', kind: 'ManagedPolicy', filter: { policyScope: 'CUSTOMER' } },
  { name: 'AWSManagedPolicy', kind: 'ManagedPolicy', filter: { policyScope: 'AWS' } },
] as const satisfies readonly { name: (typeof FILTERS)[number]; kind: Found['kind']; filter: FindFilter }[];

type Part = (typeof PARTS)[number];

/** An entity, and its place among all: the key begins with the name of its part. */
interface Placed extends Place {
  readonly found: Found;
}

/** The entities of `parts` behind a place, at most `limit`, in one statement. */
async function placedBehind(
  context: AwsContext,
  parts: readonly Part[],
  accountId: string,
  { after, limit }: { readonly after: Place | null; readonly limit: number },
): Promise<readonly Placed[]> {
  const [name, ...key] = after?.key.split(' ') ?? [];
  // A marker can name a part that is not asked for any more.
  const first = PARTS.findIndex((part) => part.name === name);
  const rest = parts.filter((part) => PARTS.indexOf(part) >= first);
  const pages = await Promise.all(
    rest.map(async (part): Promise<FindPage> => {
      const selection = await visibleInAccount(context, part.kind, accountId, part.filter);
      const place = part.name === name ? { after: { key: key.join(' '), id: after?.id ?? '' } } : {};
      return { ...selection, order: { field: 'ARN', descending: false }, limit, ...place };
    }),
  );
  const found = await context.directory.find.pages(pages);
  return rest
    .flatMap((part, index) =>
      (found[index] ?? []).map((entry) => ({ found: entry, key: `${part.name} ${entry.key}`, id: entry.id })),
    )
    .slice(0, limit);
}

/**
 * The users, groups, roles and policies of an account with all that belongs to them: what it prints can be imported again.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
const getAccountAuthorizationDetails: Operation<
  iam.GetAccountAuthorizationDetailsRequest,
  iam.GetAccountAuthorizationDetailsResponse
> = async (context, input) => {
  const asked = (input.Filter ?? []).map((name, index) => oneOf(name, FILTERS, `filter.${index + 1}.member`));
  const parts = PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name));
  const accountId = await permittedInAccount(context, 'iam:GetAccountAuthorizationDetails');
  const { entries, truncation } = await paged('GetAccountAuthorizationDetails', input, (page) =>
    placedBehind(context, parts, accountId, page),
  );
  const idsOf = (kind: Found['kind']): readonly string[] =>
    entries.filter(({ found }) => found.kind === kind).map(({ found }) => found.id);
  const policyIds = idsOf('ManagedPolicy');
  const [details, usage] = await Promise.all([
    context.directory.iam.details({
      users: idsOf('User'),
      groups: idsOf('Group'),
      roles: idsOf('Role'),
      policies: policyIds,
    }),
    context.directory.iam.policies(policyIds, accountId),
  ]);
  const usageOf = new Map(usage.map((policy) => [policy.arn, policy]));
  return {
    UserDetailList: details.users.map(userDetail),
    GroupDetailList: details.groups.map(groupDetail),
    RoleDetailList: details.roles.map(roleDetail),
    Policies: details.policies.map((policy) => policyDetail(policy, usageOf.get(policy.arn) ?? null)),
    ...truncation,
  };
};

export const AUTHORIZATION_DETAIL_READS = {
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
} satisfies Operations;
