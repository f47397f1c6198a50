import type * as iam from '@aws-sdk/client-iam';
import { noSuchNamed } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { idsOf, pageInAccount } from './entity-lists.ts';
import { pathPrefixOf } from './filters.ts';
import { listedRole, tagsOf, wholeRole } from './outputs.ts';
import { permitted, permittedInAccount } from './permitted.ts';
import { tagPage } from './tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
const getRole: Operation<iam.GetRoleRequest, iam.GetRoleResponse> = async (context, { RoleName }) => {
  const { id } = await permitted(context, 'Role', RoleName, 'iam:GetRole');
  const [role] = await context.directory.iam.roles([id]);
  if (role === undefined) throw noSuchNamed('Role', RoleName);
  return { Role: wholeRole(role) };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
const listRoles: Operation<iam.ListRolesRequest, iam.ListRolesResponse> = async (context, input) => {
  const path = pathPrefixOf(input.PathPrefix);
  const accountId = await permittedInAccount(context, 'iam:ListRoles');
  const page = await pageInAccount(context, 'ListRoles', ['Role'], accountId, { path }, input);
  const roles = await context.directory.iam.roles(idsOf(page));
  return { Roles: roles.map(listedRole), ...page.truncation };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
const listRoleTags: Operation<iam.ListRoleTagsRequest, iam.ListRoleTagsResponse> = async (context, input) => {
  const { id } = await permitted(context, 'Role', input.RoleName, 'iam:ListRoleTags');
  const [role] = await context.directory.iam.roles([id]);
  return tagPage('ListRoleTags', input, tagsOf(role?.tags ?? {}));
};

export const ROLE_READS = {
  GetRole: getRole,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
} satisfies Operations;
