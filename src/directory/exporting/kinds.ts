import type { DirectoryDocument } from '../document.ts';
import type { Exported } from './exported.ts';
import { accounts, knowledge, organizations } from './organizations.ts';
import { groups, instanceProfiles, policies, roles, users } from './principals.ts';
import { oidcProviders, resources, services, vpcEndpoints } from './resources.ts';

/** Access keys stay: their secrets follow from the master key of one gateway. */
export type ExportedKind = Exclude<keyof DirectoryDocument, 'accessKeys' | 'wholeLists'>;

type Kinds = { readonly [Kind in ExportedKind]-?: Exported<NonNullable<DirectoryDocument[Kind]>[number]> };

/** Every kind after those that its entities name, so that an import that goes through them finds what they name. */
export const KINDS: Kinds = {
  services,
  organizations,
  accounts,
  policies,
  groups,
  users,
  roles,
  instanceProfiles,
  oidcProviders,
  resources,
  vpcEndpoints,
  knowledge,
};

export function isExportedKind(name: string): name is ExportedKind {
  return Object.hasOwn(KINDS, name);
}
