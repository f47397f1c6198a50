import { storable } from '../directory/storable.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { iamOperation } from '../session/audited.ts';
import { operationsOfUpdate, UPDATE_EVENT } from '../session/oidc-provider.ts';
import { issuerName } from '../session/web-identity.ts';
import type { Attempt } from './attempt.ts';
import { onResource, permissionsOn } from './entity-attempts.ts';

/** A long-term key and its owner. */
export interface NamedKey {
  readonly principal: PrincipalRef;
  readonly accessKeyId: string;
}

/** An MFA device for a user. */
export interface UsersDevice {
  readonly userArn: string;
  readonly serialNumber: string;
}

/** The changes to a provider; null: unchanged. */
export interface ProviderUpdate {
  readonly arn: string;
  readonly clientIds: readonly string[] | null;
  readonly jwks: string | null;
}

/**
 * An operation on the user that owns the key. Services belong to no account, so that no policy of IAM could say who may
 * create their keys. `accessKeyId` null: the key is to be created.
 */
export function onKeyOwner(operation: string, owner: PrincipalRef, accessKeyId: string | null): Attempt {
  const id = principalIdOf(owner);
  if (owner.kind === 'service') {
    const sentence = 'only the operator may manage the keys of services';
    return { kind: 'operators', attempted: iamOperation(operation, id), sentence, always: false };
  }
  // Other principals have no keys; the operation itself says so.
  const permissions = owner.kind === 'user' ? permissionsOn([operation], [id]) : [];
  return { kind: 'permitted', permissions, target: accessKeyId ?? id };
}

/** On the analyzer that stands for the gateway: AWS has no other resource for findings. */
export function acknowledgementOfFinding({ accountId }: { readonly accountId: string }): Attempt {
  const resource = `arn:aws:access-analyzer:us-east-1:${accountId}:analyzer/rolegate`;
  const permissions = [{ action: 'access-analyzer:UpdateFindings', resource, account: null }];
  return { kind: 'permitted', permissions, event: 'UpdateFindings' };
}

export function creationOfMfaDevice(device: { readonly accountId: string; readonly name: string }): Attempt {
  const { accountId, name } = device;
  return onResource('CreateVirtualMFADevice', `arn:aws:iam::${accountId}:mfa/${storable(name)}`);
}

export function creationOfOidcProvider(provider: { readonly accountId: string; readonly url: string }): Attempt {
  const { accountId, url } = provider;
  const arn = `arn:aws:iam::${accountId}:oidc-provider/${issuerName(storable(url))}`;
  return onResource('CreateOpenIDConnectProvider', arn);
}

export function updateOfOidcProvider({ arn, clientIds, jwks }: ProviderUpdate): Attempt {
  const change = { ...(clientIds === null ? {} : { clientIds }), ...(jwks === null ? {} : { jwks }) };
  return { kind: 'permitted', permissions: permissionsOn(operationsOfUpdate(change), [arn]), event: UPDATE_EVENT };
}
