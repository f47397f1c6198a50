import { servicesWithResourcePolicies } from '../../catalog/policy-holders.ts';
import type { DirectoryDocument, KnowledgeInput } from '../document.ts';
import { dataAccount } from './data-account.ts';
import { developmentAccount } from './development-account.ts';
import { DATA_ACCOUNT, DEVELOPMENT_ACCOUNT, MANAGEMENT_ACCOUNT, memberships, organization } from './organization.ts';

/** A long-term key of the demo organization. Its secret follows from the key id and the gateway's master key. */
export interface DemoCredential {
  /** Short name of the owner: `alice`. */
  readonly name: string;
  /** AKIA… */
  readonly accessKeyId: string;
  /** ARN of the user, or the service principal. */
  readonly principalId: string;
}

export const demoCredentials: readonly DemoCredential[] = [
  { name: 'alice', accessKeyId: 'AKIADEMOALICEAAAAAAA', principalId: `arn:aws:iam::${DEVELOPMENT_ACCOUNT}:user/alice` },
  { name: 'bob', accessKeyId: 'AKIADEMOBOBAAAAAAAAA', principalId: `arn:aws:iam::${DATA_ACCOUNT}:user/bob` },
  { name: 'EC2', accessKeyId: 'AKIADEMOEC2AAAAAAAAA', principalId: 'ec2.amazonaws.com' },
];

/**
 * An organization small enough to read that shows what roles are for: alice of one account works with data of another,
 * once as herself (the bucket's own policy lets her in, and she keeps her own permissions), once in a role of that account
 * (she writes there, and has given up her own permissions). Service and resource control policies and a permissions
 * boundary each take something away.
 */
export function demoDirectory(): DirectoryDocument {
  return {
    organizations: [organization],
    accounts: [
      { id: MANAGEMENT_ACCOUNT, name: 'Management', membership: memberships.management },
      { id: DEVELOPMENT_ACCOUNT, name: 'Development', membership: memberships.development },
      { id: DATA_ACCOUNT, name: 'Data', membership: memberships.data },
    ],
    policies: developmentAccount.policies ?? [],
    groups: developmentAccount.groups ?? [],
    users: [...(developmentAccount.users ?? []), ...(dataAccount.users ?? [])],
    roles: [...(developmentAccount.roles ?? []), ...(dataAccount.roles ?? [])],
    instanceProfiles: developmentAccount.instanceProfiles ?? [],
    resources: [...(developmentAccount.resources ?? []), ...(dataAccount.resources ?? [])],
    accessKeys: demoCredentials.map(({ accessKeyId, principalId }) =>
      principalId.startsWith('arn:')
        ? { id: accessKeyId, user: principalId }
        : { id: accessKeyId, service: principalId },
    ),
    knowledge: [MANAGEMENT_ACCOUNT, DEVELOPMENT_ACCOUNT, DATA_ACCOUNT].flatMap(everythingOf),
  };
}

/** Nothing else exists in the accounts of the demo. */
function everythingOf(accountId: string): readonly KnowledgeInput[] {
  const layers = [
    'IDENTITY_POLICIES',
    'TRUST_POLICIES',
    'PERMISSIONS_BOUNDARIES',
    'ORGANIZATION',
    'CONTROL_POLICIES',
    'VPC_ENDPOINTS',
    'BLOCK_PUBLIC_ACCESS',
    'GRANTS',
  ] as const;
  return [
    ...layers.map((layer) => ({ accountId, layer, state: 'COMPLETE' as const })),
    ...servicesWithResourcePolicies().map((service) => ({
      accountId,
      layer: 'RESOURCE_POLICIES' as const,
      service,
      state: 'COMPLETE' as const,
    })),
  ];
}
