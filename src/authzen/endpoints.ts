import { mayAsk, maySearch } from '../guard/checker.ts';
import { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { reachAtLeast } from './at-least.ts';
import type { Door } from './door.ts';
import { evaluation, evaluations } from './evaluations.ts';
import { PATHS } from './metadata.ts';
import { searchActions } from './search-action.ts';
import { searchResources } from './search-resource.ts';
import { searchSubjects } from './search-subject.ts';

/** Answers the body of a request. Throws a RolegateError for a request that has no answer. */
type Endpoint = (door: Door, body: JsonObject) => Promise<object>;

/** An endpoint for callers of which `may` says so: a checker searches only if it was made for that. */
function forThose(may: typeof mayAsk, endpoint: Endpoint): Endpoint {
  return async (door, body) => {
    const ruling = may(door.context);
    if (ruling.kind === 'refused') throw new RolegateError('FORBIDDEN', `this needs ${ruling.needs}`);
    // No caller without credentials gets here.
    if (ruling.kind !== 'allowed') throw new Error(`asked by nobody: ${ruling.kind}`);
    await reachAtLeast(door, body);
    return endpoint(door, body);
  };
}

/** By path. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [PATHS.evaluation, forThose(mayAsk, evaluation)],
  [PATHS.evaluations, forThose(mayAsk, evaluations)],
  [PATHS.searchSubject, forThose(maySearch, searchSubjects)],
  [PATHS.searchResource, forThose(maySearch, searchResources)],
  [PATHS.searchAction, forThose(maySearch, searchActions)],
]);
