import type { ContextReader } from '../policy/context-key.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/** One request, of which the same can be asked with more said: `Supposed` is what that gives. */
export interface Asked<Supposed> extends ContextReader {
  readonly principal: PreparedPrincipal;
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
  readonly request: RequestFacts;
  /** The same request of the same action, supposing these. */
  supposing(principal: PreparedPrincipal, resource: PreparedResource, request: RequestFacts): Supposed;
}
