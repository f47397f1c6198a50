import type { CatalogAction } from '../catalog/catalog-service.ts';

/** How much an action can do, the worst first: it changes who has which permissions, it changes something else, or it changes nothing. */
export type ActionWeight = 0 | 1 | 2;

const PRIVILEGES = 0;
const WRITES = 1;
const REST = 2;

/** All of them, the worst first. */
export const ACTION_WEIGHTS: readonly ActionWeight[] = [PRIVILEGES, WRITES, REST];

/**
 * Actions that AWS counts as writing, although with them a principal gets permissions that it did not have, or gives them to somebody:
 * roles, credentials, groups.
 */
const GIVE_PERMISSIONS: ReadonlySet<string> = new Set([
  'iam:AddRoleToInstanceProfile',
  'iam:AddUserToGroup',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreateServiceSpecificCredential',
  'iam:PassRole',
  'iam:ResetServiceSpecificCredential',
  'iam:UpdateAccessKey',
  'iam:UpdateLoginProfile',
  'iam:UploadSigningCertificate',
  'iam:UploadSSHPublicKey',
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoot',
]);

/** It is the same in every state of the directory. */
export function weightOf({ name, accessLevel }: Pick<CatalogAction, 'name' | 'accessLevel'>): ActionWeight {
  if (accessLevel === 'PERMISSIONS_MANAGEMENT' || GIVE_PERMISSIONS.has(name)) return PRIVILEGES;
  return accessLevel === 'WRITE' || accessLevel === 'TAGGING' ? WRITES : REST;
}
