import type * as iam from '@aws-sdk/client-iam';
import type { Found } from '../../../directory/find/find-store.ts';
import { nameIn } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { pageInAccount } from './entity-lists.ts';
import { oneOf, pathPrefixOf } from './filters.ts';
import { policyUsageOf } from './managed-policies.ts';
import { catalogPolicy, noSuchPolicy, permittedPolicy } from './permitted-policy.ts';

const ENTITIES = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;
const HOLDERS = ['User', 'Group', 'Role'] as const;

/**
 * The users, groups and roles of one account that use a policy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
 */
const listEntitiesForPolicy: Operation<iam.ListEntitiesForPolicyRequest, iam.ListEntitiesForPolicyResponse> = async (
  context,
  input,
) => {
  const { PolicyArn, EntityFilter } = input;
  const of = EntityFilter === undefined ? null : oneOf(EntityFilter, ENTITIES, 'entityFilter');
  const kinds = HOLDERS.filter((kind) => of === null || of === kind);
  const usage = policyUsageOf(input.PolicyUsageFilter);
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedPolicy(context, PolicyArn, 'iam:ListEntitiesForPolicy');
  const policy = await context.directory.iam.policy(PolicyArn, accountId);
  if (policy === null && catalogPolicy(context, PolicyArn) === null) throw noSuchPolicy(PolicyArn);
  const filter = { path, usedPolicy: { arn: PolicyArn, usage } };
  const { entries, truncation } = await pageInAccount(
    context,
    'ListEntitiesForPolicy',
    kinds,
    accountId,
    filter,
    input,
  );
  const ofKind = (kind: Found['kind']): readonly Found[] => entries.filter((entry) => entry.kind === kind);
  return {
    PolicyGroups: ofKind('Group').map((found) => ({ GroupName: nameIn(found.arn), GroupId: found.id })),
    PolicyUsers: ofKind('User').map((found) => ({ UserName: nameIn(found.arn), UserId: found.id })),
    PolicyRoles: ofKind('Role').map((found) => ({ RoleName: nameIn(found.arn), RoleId: found.id })),
    ...truncation,
  };
};

export const POLICY_ENTITY_READS = { ListEntitiesForPolicy: listEntitiesForPolicy } satisfies Operations;
