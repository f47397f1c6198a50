import { isList, type JsonObject } from '../policy/json.ts';
import { PATHS } from './metadata.ts';

/** Cost of one evaluation, and of a search, as graphql/cost.ts counts those of its fields. */
const EVALUATION = 5;
const SEARCH = 10_000;

/** The cost of a request of this API. */
export function costOfRequest(path: string, { evaluations }: JsonObject): number {
  if (path !== PATHS.evaluation && path !== PATHS.evaluations) return SEARCH;
  return EVALUATION * (isList(evaluations) ? Math.max(evaluations.length, 1) : 1);
}
