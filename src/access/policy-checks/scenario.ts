import { parseArn } from '../../policy/arn.ts';
import type { JsonObject } from '../../policy/json.ts';
import { readPolicy } from '../../policy/load.ts';
import { MalformedPolicy } from '../../policy/malformed-policy.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { Simulation } from '../simulate.ts';
import type { Document } from '../simulated-policies.ts';
import { standsBesideFullAccess } from './checked-document.ts';
import type { CheckedRequest } from './request.ts';

/** The policies that stand around the document, and let through all that it grants: so it alone decides. */
export interface Around {
  readonly identityPolicies: readonly JsonObject[];
  readonly resourcePolicy: JsonObject | null;
}

const EVERYTHING: JsonObject = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** A resource's policy, which says nothing of the resource: it is a trust policy, too. */
function lettingIn(principal: string | JsonObject): JsonObject {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: '*' }] };
}

/**
 * Identity policies allow everything, unless the document itself is one, or the resource's own policy alone has to allow: within an
 * account. The policy of the resource delegates to the caller's account, which of itself allows nothing; where the document only
 * limits, it allows everybody.
 */
export function around(kind: PolicyKind, { caller, action, resource, resourceAccount }: CheckedRequest): Around {
  const { principal } = caller;
  const account = 'accountId' in principal ? principal.accountId : null;
  if (kind === 'resource' || kind === 'trust') {
    const named = parseArn(resource)?.accountId ?? '';
    const owner = isAccountId(named) ? named : (resourceAccount ?? account);
    const alone = owner === account && !isBothNeeded(action, resource);
    return { identityPolicies: account === null || alone ? [] : [EVERYTHING], resourcePolicy: null };
  }
  const own = kind === 'identity' ? [] : [EVERYTHING];
  if (kind === 'vpce' || kind === 'rcp') return { identityPolicies: own, resourcePolicy: lettingIn('*') };
  return { identityPolicies: own, resourcePolicy: account === null ? null : lettingIn({ AWS: account }) };
}

/** A role has to trust its caller, and the policy of a KMS key counts beside identity policies: also within an account. */
function isBothNeeded(action: string, resource: string): boolean {
  const { service = '', resource: name = '' } = parseArn(resource) ?? {};
  const of = action.slice(0, action.indexOf(':'));
  return (
    (of === 'sts' && service === 'iam' && name.startsWith('role/')) ||
    (of === 'kms' && service === 'kms' && name.startsWith('key/'))
  );
}

/** Whether FullAWSAccess stands beside the service control policy. What cannot be read is refused elsewhere. */
function isDenyOnly(document: Document): boolean {
  try {
    return standsBesideFullAccess('scp', readPolicy(document, 'scp'));
  } catch (error) {
    if (error instanceof MalformedPolicy) return false;
    throw error;
  }
}

/** The request on a document of this kind among those policies. */
export function simulationOf(kind: PolicyKind, document: Document, request: CheckedRequest): Simulation {
  const { identityPolicies, resourcePolicy } = around(kind, request);
  const { caller, ...asked } = request;
  return {
    caller,
    identityPolicies: kind === 'identity' ? [document] : identityPolicies,
    permissionsBoundaries: kind === 'boundary' ? [document] : [],
    sessionPolicies: kind === 'session' ? [document] : [],
    resourcePolicy: kind === 'resource' || kind === 'trust' ? document : resourcePolicy,
    vpcEndpointPolicy: kind === 'vpce' ? document : null,
    serviceControlPolicies: kind === 'scp' ? [isDenyOnly(document) ? [EVERYTHING, document] : [document]] : null,
    resourceControlPolicies: kind === 'rcp' ? [[document]] : null,
    requests: [asked],
    path: '',
  };
}
