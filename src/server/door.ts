import { isAuthzenPath } from './authzen-route.ts';
import { isForAws } from './aws-route.ts';
import type { Exchange } from './exchange.ts';
import { JWKS_PATH } from './jwks-route.ts';

/** By what a request came in: a closed set, for metrics and traces. */
export type Door = 'graphql' | 'authzen' | 'aws' | 'keys' | 'health' | 'other';

export function doorOf({ request, path }: Pick<Exchange, 'request' | 'path'>): Door {
  if (path === '/graphql') return 'graphql';
  if (isAuthzenPath(path)) return 'authzen';
  if (isForAws(request, path)) return 'aws';
  if (path === JWKS_PATH) return 'keys';
  return path === '/healthz' || path === '/readyz' ? 'health' : 'other';
}
