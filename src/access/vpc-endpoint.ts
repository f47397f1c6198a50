import type { Gathered, KnownEndpoint } from '../directory/directory.ts';
import { organizationPaths } from '../evaluation/principal-values.ts';
import type { ContextValue, RequestContext, RequestFacts } from '../evaluation/request.ts';
import { isAccountId, type PrincipalRef } from '../policy/principal-id.ts';

/** The VPC endpoint that a request comes through; null: none, or several are named, which no request comes through. */
export function endpointIdOf(context: RequestContext): string | null {
  const given = context.get('aws:sourcevpce');
  return typeof given === 'string' && given !== '' ? given : null;
}

/** The account of that endpoint, as the request names it; null: it does not. */
export function endpointAccountOf(context: RequestContext): string | null {
  if (endpointIdOf(context) === null) return null;
  const account = context.get('aws:vpceaccount');
  return typeof account === 'string' && isAccountId(account) ? account : null;
}

/** The endpoint of a request as the directory knows it. It must be part of the gathered data. */
export function knownEndpoint(context: RequestContext, gathered: Pick<Gathered, 'endpoint'>): KnownEndpoint | null {
  const id = endpointIdOf(context);
  return id === null ? null : gathered.endpoint(id);
}

/** A request on its way: its context with the keys that follow from its VPC endpoint, and the policy there. */
export type OnItsWay = Pick<RequestFacts, 'context' | 'settled' | 'endpoint'>;

/**
 * The keys of the endpoint replace those that are given, as keys of the principal do: a request cannot forge them. What the
 * directory does not know stays as given. Calls by AWS services do not come through VPC endpoints.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
 */
export function throughEndpoint(
  principal: Pick<PrincipalRef, 'kind'>,
  context: RequestContext,
  gathered: Pick<Gathered, 'endpoint'>,
): OnItsWay {
  const endpoint = principal.kind === 'service' ? null : knownEndpoint(context, gathered);
  if (endpoint === null) return { context };
  const keys = new Map<string, ContextValue>(context);
  const known = keysOf(endpoint);
  for (const [key, value] of known) {
    if (value === undefined) keys.delete(key);
    else keys.set(key, value);
  }
  const way = { context: keys, settled: new Set(known.map(([key]) => key)) };
  return endpoint.value === null ? way : { ...way, endpoint: endpoint.value };
}

/** Undefined: the request has no such key. */
function keysOf({ accountId, vpcId, organization }: KnownEndpoint): readonly [string, ContextValue | undefined][] {
  const keys: [string, ContextValue | undefined][] = [['aws:vpceaccount', accountId]];
  if (vpcId !== null) keys.push(['aws:sourcevpc', vpcId]);
  if (organization !== undefined) {
    keys.push(['aws:vpceorgid', organization?.id], ['aws:vpceorgpaths', organizationPaths(organization)]);
  }
  return keys;
}

/** Whether calls of STS come through the endpoint: `com.amazonaws.us-east-1.sts`. */
function leadsToSts({ serviceName }: KnownEndpoint): boolean {
  return /\.sts(?:-fips)?$/.test(serviceName);
}

/**
 * The same for the call that assumes a role before the request in question: the endpoint of another service, which the
 * request comes through, does not limit it.
 */
export function throughEndpointToSts(
  principal: Pick<PrincipalRef, 'kind'>,
  context: RequestContext,
  gathered: Pick<Gathered, 'endpoint'>,
): OnItsWay {
  const way = throughEndpoint(principal, context, gathered);
  const endpoint = knownEndpoint(context, gathered);
  if (endpoint === null || leadsToSts(endpoint)) return way;
  const { endpoint: _, ...keys } = way;
  return keys;
}
