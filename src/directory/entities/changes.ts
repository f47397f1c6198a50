import { ACCOUNT_CHANGES } from './account-changes.ts';
import { ALIAS_CHANGES } from './alias-changes.ts';
import type { ChangeOf } from './change-of.ts';
import { CONTROL_POLICY_CHANGES } from './control-policy-changes.ts';
import { ENDPOINT_CHANGES } from './endpoint-changes.ts';
import { GROUP_CHANGES } from './group-changes.ts';
import { INSTANCE_PROFILE_CHANGES } from './instance-profile-changes.ts';
import { ORGANIZATION_CHANGES } from './organization-changes.ts';
import { POLICY_CHANGES } from './policy-changes.ts';
import { RESOURCE_CHANGES } from './resource-changes.ts';
import { ROLE_CHANGES } from './role-changes.ts';
import { ROLE_UPDATES } from './role-updates.ts';
import { USER_CHANGES } from './user-changes.ts';
import { USER_UPDATES } from './user-updates.ts';

/** Every change of the directory's entities, by its name: AWS's name of the operation where it has one. */
export const CHANGES = {
  ...ALIAS_CHANGES,
  ...GROUP_CHANGES,
  ...INSTANCE_PROFILE_CHANGES,
  ...POLICY_CHANGES,
  ...ROLE_CHANGES,
  ...ROLE_UPDATES,
  ...USER_CHANGES,
  ...USER_UPDATES,
  ...RESOURCE_CHANGES,
  ...ENDPOINT_CHANGES,
  ...ACCOUNT_CHANGES,
  ...ORGANIZATION_CHANGES,
  ...CONTROL_POLICY_CHANGES,
};

type Changes = typeof CHANGES;

export type ChangeName = keyof Changes;

type InputOf<C> = C extends ChangeOf<infer I> ? I : never;

/** The input of each change, by its name. */
export type ChangeInputs = { readonly [Name in ChangeName]: InputOf<Changes[Name]> };

export const CHANGE_NAMES = Object.keys(CHANGES) as readonly ChangeName[]; // as: its keys are these names
