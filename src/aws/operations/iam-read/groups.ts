import type * as iam from '@aws-sdk/client-iam';
import { callersAccount, noSuchNamed } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { idsOf, pageInAccount } from './entity-lists.ts';
import { pathPrefixOf } from './filters.ts';
import { listedGroup, listedUser } from './outputs.ts';
import { permitted, permittedInAccount } from './permitted.ts';

/** The group and a page of its members. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
const getGroup: Operation<iam.GetGroupRequest, iam.GetGroupResponse> = async (context, input) => {
  const { id, arn } = await permitted(context, 'Group', input.GroupName, 'iam:GetGroup');
  const { accountId } = callersAccount(context);
  const page = await pageInAccount(context, 'GetGroup', ['User'], accountId, { groupArn: arn }, input);
  const [group] = await context.directory.iam.groups([id]);
  if (group === undefined) throw noSuchNamed('Group', input.GroupName);
  const users = await context.directory.iam.users(idsOf(page));
  return { Group: listedGroup(group), Users: users.map(listedUser), ...page.truncation };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
const listGroups: Operation<iam.ListGroupsRequest, iam.ListGroupsResponse> = async (context, input) => {
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedInAccount(context, 'iam:ListGroups');
  const page = await pageInAccount(context, 'ListGroups', ['Group'], accountId, { path }, input);
  const groups = await context.directory.iam.groups(idsOf(page));
  return { Groups: groups.map(listedGroup), ...page.truncation };
};

export const GROUP_READS = { GetGroup: getGroup, ListGroups: listGroups } satisfies Operations;
