import type { RequestContext } from '../../evaluation/request.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { SimulatedCaller } from '../simulated-caller.ts';

/** A request on which a check's answer can be seen. */
export interface CheckedRequest {
  readonly caller: SimulatedCaller;
  readonly action: string;
  readonly resource: string;
  /** Owner of the resource if its ARN names none; null: the ARN names it, or it is the caller's account. */
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
}

/** The layer of a simulation in which the document stands. */
export type DocumentPlace =
  | 'identityPolicies'
  | 'permissionsBoundaries'
  | 'sessionPolicies'
  | 'resourcePolicy'
  | 'vpcEndpointPolicy'
  | 'serviceControlPolicies'
  | 'resourceControlPolicies';

export const PLACES: Readonly<Record<PolicyKind, DocumentPlace>> = {
  identity: 'identityPolicies',
  boundary: 'permissionsBoundaries',
  session: 'sessionPolicies',
  resource: 'resourcePolicy',
  trust: 'resourcePolicy',
  vpce: 'vpcEndpointPolicy',
  scp: 'serviceControlPolicies',
  rcp: 'resourceControlPolicies',
};

/** Kinds whose statements say whom they are about. */
export function namesPrincipals(kind: PolicyKind): boolean {
  return kind === 'resource' || kind === 'trust' || kind === 'vpce';
}
