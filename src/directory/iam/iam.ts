import type { Store } from '../store.ts';
import type { IamStore } from './iam-store.ts';
import { named } from './named.ts';
import { readAlias, readCounts } from './read-account.ts';
import { listAccessKeys, listDevices, listDevicesOfUser } from './read-credentials.ts';
import { readDetails } from './read-details.ts';
import { listGroupsOfUser, readGroups, readRoles, readUsers } from './read-entities.ts';
import { listInstanceProfiles, listInstanceProfilesOfRole, readInstanceProfile } from './read-instance-profiles.ts';
import {
  listAttachedPolicies,
  listInlinePolicies,
  listPolicyVersions,
  readInlinePolicy,
  readPolicies,
  readPolicy,
  readPolicyVersion,
} from './read-policies.ts';

/** What IAM's own operations read. */
export function iam({ database }: Store): IamStore {
  return {
    named: (...given) => named(database, ...given),
    users: (ids) => readUsers(database, ids),
    groups: (ids) => readGroups(database, ids),
    roles: (ids) => readRoles(database, ids),
    policies: (...given) => readPolicies(database, ...given),
    policy: (...given) => readPolicy(database, ...given),
    policyVersion: (...given) => readPolicyVersion(database, ...given),
    policyVersions: (...given) => listPolicyVersions(database, ...given),
    inlinePolicies: (...given) => listInlinePolicies(database, ...given),
    inlinePolicy: (...given) => readInlinePolicy(database, ...given),
    attachedPolicies: (...given) => listAttachedPolicies(database, ...given),
    groupsOfUser: (...given) => listGroupsOfUser(database, ...given),
    instanceProfiles: (...given) => listInstanceProfiles(database, ...given),
    instanceProfilesOfRole: (...given) => listInstanceProfilesOfRole(database, ...given),
    instanceProfile: (id) => readInstanceProfile(database, id),
    accessKeys: (...given) => listAccessKeys(database, ...given),
    devicesOfUser: (...given) => listDevicesOfUser(database, ...given),
    devices: (...given) => listDevices(database, ...given),
    counts: (accountId) => readCounts(database, accountId),
    alias: (accountId) => readAlias(database, accountId),
    details: (ids) => readDetails(database, ids),
  };
}
