import { arnOf } from '../../directory/apply/entity-arn.ts';
import { renamedArn } from '../../directory/entities/new-entity.ts';
import { checkInline, checkName, checkPath } from './checks.ts';
import type { OperationsOf } from './described.ts';
import { ofGroup } from './names.ts';

type Name =
  | 'createGroup'
  | 'updateGroup'
  | 'deleteGroup'
  | 'putGroupPolicy'
  | 'deleteGroupPolicy'
  | 'attachGroupPolicy'
  | 'detachGroupPolicy';

/** Operations on groups. */
export const GROUP_OPERATIONS: OperationsOf<Name> = {
  createGroup: {
    action: 'iam:CreateGroup',
    target: (input) => arnOf('Group', input, input.groupName),
    check: ({ groupName, path }) => {
      checkName(groupName, 'groupName', 128);
      checkPath(path);
    },
  },
  updateGroup: {
    action: 'iam:UpdateGroup',
    target: ofGroup,
    check: ({ newGroupName, newPath }) => {
      if (newGroupName != null) checkName(newGroupName, 'newGroupName', 128);
      if (newPath != null) checkPath(newPath, 'newPath');
    },
    renames: ({ groupArn, newGroupName, newPath }) => renamedArn(groupArn, { name: newGroupName, path: newPath }),
  },
  deleteGroup: { action: 'iam:DeleteGroup', target: ofGroup, ends: true },
  putGroupPolicy: { action: 'iam:PutGroupPolicy', target: ofGroup, check: checkInline },
  deleteGroupPolicy: { action: 'iam:DeleteGroupPolicy', target: ofGroup },
  attachGroupPolicy: { action: 'iam:AttachGroupPolicy', target: ofGroup },
  detachGroupPolicy: { action: 'iam:DetachGroupPolicy', target: ofGroup },
};
