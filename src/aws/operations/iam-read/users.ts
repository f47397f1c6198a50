import type * as iam from '@aws-sdk/client-iam';
import { noSuchNamed, userNameOf } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { idsOf, pageInAccount } from './entity-lists.ts';
import { pathPrefixOf } from './filters.ts';
import { listedGroup, listedUser, tagsOf, wholeUser } from './outputs.ts';
import { paged } from './paging.ts';
import { permitted, permittedInAccount } from './permitted.ts';
import { tagPage } from './tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
const getUser: Operation<iam.GetUserRequest, iam.GetUserResponse> = async (context, { UserName }) => {
  const name = userNameOf(context, UserName);
  const { id } = await permitted(context, 'User', name, 'iam:GetUser');
  const [user] = await context.directory.iam.users([id]);
  if (user === undefined) throw noSuchNamed('User', name);
  return { User: wholeUser(user) };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
const listUsers: Operation<iam.ListUsersRequest, iam.ListUsersResponse> = async (context, input) => {
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedInAccount(context, 'iam:ListUsers');
  const page = await pageInAccount(context, 'ListUsers', ['User'], accountId, { path }, input);
  const users = await context.directory.iam.users(idsOf(page));
  return { Users: users.map(listedUser), ...page.truncation };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html */
const listUserTags: Operation<iam.ListUserTagsRequest, iam.ListUserTagsResponse> = async (context, input) => {
  const { id } = await permitted(context, 'User', input.UserName, 'iam:ListUserTags');
  const [user] = await context.directory.iam.users([id]);
  return tagPage('ListUserTags', input, tagsOf(user?.tags ?? {}));
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
const listGroupsForUser: Operation<iam.ListGroupsForUserRequest, iam.ListGroupsForUserResponse> = async (
  context,
  input,
) => {
  const { id } = await permitted(context, 'User', input.UserName, 'iam:ListGroupsForUser');
  const { entries, truncation } = await paged('ListGroupsForUser', input, ({ after, limit }) =>
    context.directory.iam.groupsOfUser(id, { after: after?.key ?? null, limit }),
  );
  return { Groups: entries.map(listedGroup), ...truncation };
};

export const USER_READS = {
  GetUser: getUser,
  ListGroupsForUser: listGroupsForUser,
  ListUserTags: listUserTags,
  ListUsers: listUsers,
} satisfies Operations;
