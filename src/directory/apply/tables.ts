/** Columns and their types as PostgreSQL names them, in the order they are written, and the key rows are found again by. */
export interface Table {
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
}

const NAMED = { id: 'text', arn: 'text', accountId: 'text', name: 'text', path: 'text', createdAt: 'timestamp(3)' };

/** The tables that documents are written to, each after the tables that it refers to. */
export const TABLES = {
  PolicyDocument: { key: ['hash'], columns: { hash: 'text', text: 'text' } },
  OwnService: { key: ['prefix'], columns: { prefix: 'text', definition: 'jsonb' } },
  Organization: {
    key: ['id'],
    columns: {
      id: 'text',
      rootId: 'text',
      rootName: 'text',
      managementAccountId: 'text',
      scpEnabled: 'boolean',
      rcpEnabled: 'boolean',
    },
  },
  OrganizationalUnit: {
    key: ['id'],
    columns: { id: 'text', name: 'text', organizationId: 'text', parentId: 'text' },
  },
  Account: {
    key: ['id'],
    columns: {
      id: 'text',
      partition: 'text',
      name: 'text',
      alias: 'text',
      membership: '"OrganizationMembership"',
      organizationId: 'text',
      unitId: 'text',
      publicAccessBlock: 'jsonb',
      organizationPublicAccessBlock: 'jsonb',
    },
  },
  AccountKnowledge: {
    key: ['accountId', 'layer', 'service'],
    columns: {
      accountId: 'text',
      layer: 'text',
      service: 'text',
      state: 'text',
      at: 'timestamp(3)',
      missing: 'text[]',
      concerns: 'text[]',
    },
  },
  DelegatedAdministrator: {
    key: ['organizationId', 'accountId', 'servicePrincipal'],
    columns: { organizationId: 'text', accountId: 'text', servicePrincipal: 'text' },
  },
  ControlPolicy: {
    key: ['organizationId', 'id'],
    columns: {
      organizationId: 'text',
      id: 'text',
      arn: 'text',
      type: '"ControlPolicyType"',
      name: 'text',
      description: 'text',
      documentHash: 'text',
    },
  },
  ControlPolicyAttachment: {
    key: ['organizationId', 'policyId', 'targetId'],
    columns: { organizationId: 'text', policyId: 'text', targetId: 'text' },
  },
  ManagedPolicy: { key: ['id'], columns: { ...NAMED, description: 'text', tags: 'jsonb', defaultVersionId: 'text' } },
  PolicyVersion: {
    key: ['policyId', 'versionId'],
    columns: { policyId: 'text', versionId: 'text', documentHash: 'text', createdAt: 'timestamp(3)' },
  },
  Group: { key: ['id'], columns: NAMED },
  User: { key: ['id'], columns: { ...NAMED, tags: 'jsonb', boundaryId: 'text' } },
  Role: {
    key: ['id'],
    columns: {
      ...NAMED,
      description: 'text',
      tags: 'jsonb',
      boundaryId: 'text',
      trustPolicyHash: 'text',
      trustBindings: 'jsonb',
      maxSessionDuration: 'integer',
    },
  },
  GroupMembership: { key: ['userId', 'groupId'], columns: { userId: 'text', groupId: 'text' } },
  InlinePolicy: {
    key: ['id'],
    columns: { id: 'text', userId: 'text', groupId: 'text', roleId: 'text', name: 'text', documentHash: 'text' },
  },
  PolicyAttachment: {
    key: ['id'],
    columns: { id: 'text', policyId: 'text', userId: 'text', groupId: 'text', roleId: 'text', accountId: 'text' },
  },
  InstanceProfile: {
    key: ['id'],
    columns: {
      id: 'text',
      arn: 'text',
      name: 'text',
      path: 'text',
      createdAt: 'timestamp(3)',
      tags: 'jsonb',
      roleId: 'text',
    },
  },
  Resource: {
    key: ['arn'],
    columns: {
      arn: 'text',
      accountId: 'text',
      service: 'text',
      tags: 'jsonb',
      policyHash: 'text',
      policyBindings: 'jsonb',
      region: 'text',
      publicAccessBlock: 'jsonb',
      accessPoint: 'jsonb',
      objectOwnership: 'text',
      abacEnabled: 'boolean',
      grants: 'jsonb',
      known: 'jsonb',
    },
  },
  VpcEndpoint: {
    key: ['id'],
    columns: {
      id: 'text',
      arn: 'text',
      accountId: 'text',
      region: 'text',
      vpcId: 'text',
      serviceName: 'text',
      type: 'text',
      tags: 'jsonb',
      policyHash: 'text',
    },
  },
  OidcProvider: {
    key: ['arn'],
    columns: {
      arn: 'text',
      accountId: 'text',
      url: 'text',
      clientIds: 'text[]',
      jwks: 'jsonb',
      createdAt: 'timestamp(3)',
    },
  },
  AccessKey: {
    key: ['id'],
    columns: { id: 'text', userId: 'text', servicePrincipal: 'text', createdAt: 'timestamp(3)' },
  },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

/** The column that names the holder of a policy or attachment. */
export type HolderColumn = 'userId' | 'groupId' | 'roleId';
