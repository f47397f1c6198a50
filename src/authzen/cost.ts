import type { DirectorySize } from '../directory/directory.ts';
import { searchCost } from '../guard/search-cost.ts';
import { isList, type JsonObject } from '../policy/json.ts';
import { PATHS } from './metadata.ts';

/** Cost of one evaluation, and of a search, as graphql/cost.ts counts those of its fields. */
const EVALUATION = 5;
const SEARCH = 10_000;

/** The cost of a request of this API to a directory of this size. */
export function costOfRequest(path: string, { evaluations }: JsonObject, size: DirectorySize): number {
  if (path === PATHS.searchSubject) return searchCost(SEARCH, size.principals);
  if (path === PATHS.searchResource) return searchCost(SEARCH, size.resources);
  if (path === PATHS.searchAction) return SEARCH;
  return EVALUATION * (isList(evaluations) ? Math.max(evaluations.length, 1) : 1);
}
