import type { JsonObject } from '../policy/json.ts';
import type { Door } from './door.ts';
import { evaluation, evaluations } from './evaluations.ts';
import { PATHS } from './metadata.ts';
import { searchActions } from './search-action.ts';
import { searchResources } from './search-resource.ts';
import { searchSubjects } from './search-subject.ts';

/** Answers the body of a request. Throws a RolegateError for a request that has no answer. */
type Endpoint = (door: Door, body: JsonObject) => Promise<object>;

/** By path. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [PATHS.evaluation, evaluation],
  [PATHS.evaluations, evaluations],
  [PATHS.searchSubject, searchSubjects],
  [PATHS.searchResource, searchResources],
  [PATHS.searchAction, searchActions],
]);
