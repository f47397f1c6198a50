import type { ContextReader } from '../policy/context-key.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { ActionFacts, RequestFacts } from './request.ts';

/** One request, which can be decided again with more facts given: `Supposed` contains those facts. */
export interface Asked<Supposed> extends ContextReader {
  readonly principal: PreparedPrincipal;
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
  readonly request: RequestFacts;
  /** The same request of the same action with these facts. */
  supposing(principal: PreparedPrincipal, resource: PreparedResource, request: RequestFacts): Supposed;
}
