import type { DirectoryChangeInput, PolicyKind } from '../../generated/console/questions.ts';
import {
  type Stored,
  storedControl,
  storedEndpoint,
  storedInline,
  storedManaged,
  storedOfResource,
  storedTrust,
} from './stored.ts';

/** A document that can be changed: how a text for it is checked, and the change that puts it there. */
export interface Draft {
  /** What is asked for before the change is made. */
  readonly name: string;
  readonly kind: PolicyKind;
  readonly changeOf: (text: string) => DirectoryChangeInput;
  /** The change that takes the document away; null: what has it is never without one. */
  readonly removal: DirectoryChangeInput | null;
  /** What is there now: nobody writes over what somebody else wrote meanwhile. */
  readonly stored: () => Promise<Stored>;
}

/** A new version of a managed policy, in force at once. */
export function managedPolicy({ arn, name }: { readonly arn: string; readonly name: string }): Draft {
  return {
    name,
    kind: 'IDENTITY_POLICY',
    changeOf: (policyDocument) => ({ createPolicyVersion: { policyArn: arn, policyDocument, setAsDefault: true } }),
    removal: null,
    stored: () => storedManaged(arn),
  };
}

export type HolderKind = 'User' | 'Group' | 'Role';

/** An inline policy, by the name that its holder has it under. */
export function inlinePolicy(kind: HolderKind, holder: string, name: string): Draft {
  const parts: Readonly<Record<HolderKind, Pick<Draft, 'changeOf' | 'removal'>>> = {
    User: {
      changeOf: (policyDocument) => ({ putUserPolicy: { userArn: holder, policyName: name, policyDocument } }),
      removal: { deleteUserPolicy: { userArn: holder, policyName: name } },
    },
    Group: {
      changeOf: (policyDocument) => ({ putGroupPolicy: { groupArn: holder, policyName: name, policyDocument } }),
      removal: { deleteGroupPolicy: { groupArn: holder, policyName: name } },
    },
    Role: {
      changeOf: (policyDocument) => ({ putRolePolicy: { roleArn: holder, policyName: name, policyDocument } }),
      removal: { deleteRolePolicy: { roleArn: holder, policyName: name } },
    },
  };
  return { name, kind: 'IDENTITY_POLICY', ...parts[kind], stored: () => storedInline(kind, holder, name) };
}

export function trustPolicy({ arn, name }: { readonly arn: string; readonly name: string }): Draft {
  return {
    name,
    kind: 'TRUST_POLICY',
    changeOf: (policyDocument) => ({ updateAssumeRolePolicy: { roleArn: arn, policyDocument } }),
    removal: null,
    stored: () => storedTrust(arn),
  };
}

export function resourcePolicy(arn: string, name: string): Draft {
  return {
    name,
    kind: 'RESOURCE_POLICY',
    changeOf: (policyDocument) => ({ putResourcePolicy: { resourceArn: arn, policyDocument } }),
    removal: { deleteResourcePolicy: { resourceArn: arn } },
    stored: () => storedOfResource(arn),
  };
}

/** A control policy stays where it is attached: its text alone changes. */
export function controlPolicy(
  organizationId: string,
  policy: { readonly id: string; readonly policyId: string; readonly name: string; readonly type: PolicyKind },
): Draft {
  const { id, policyId, name, type } = policy;
  return {
    name,
    kind: type,
    changeOf: (policyDocument) => ({ updateControlPolicy: { organizationId, policyId, policyDocument } }),
    removal: null,
    stored: () => storedControl(id),
  };
}

/** `id`: the node's. Without a policy, an endpoint lets everything through. */
export function endpointPolicy(id: string, endpointId: string): Draft {
  return {
    name: endpointId,
    kind: 'VPC_ENDPOINT_POLICY',
    changeOf: (policyDocument) => ({ modifyVpcEndpoint: { endpointId, policyDocument } }),
    removal: { modifyVpcEndpoint: { endpointId } },
    stored: () => storedEndpoint(id),
  };
}

/** The permissions boundary of a user or role; null: none from then on. */
export function boundaryChange(kind: 'User' | 'Role', holder: string, policy: string | null): DirectoryChangeInput {
  if (kind === 'User') {
    return policy === null
      ? { deleteUserPermissionsBoundary: { userArn: holder } }
      : { putUserPermissionsBoundary: { userArn: holder, permissionsBoundary: policy } };
  }
  return policy === null
    ? { deleteRolePermissionsBoundary: { roleArn: holder } }
    : { putRolePermissionsBoundary: { roleArn: holder, permissionsBoundary: policy } };
}

/** A policy of AWS's own: nobody else changes it. */
export function isOfAws(arn: string): boolean {
  return /^arn:[^:]*:(iam|organizations)::aws:/.test(arn);
}
