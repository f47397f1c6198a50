/** Where the decision point's metadata is. */
export const METADATA_PATH = '/.well-known/authzen-configuration';

export const PATHS = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  searchSubject: '/access/v1/search/subject',
  searchResource: '/access/v1/search/resource',
  searchAction: '/access/v1/search/action',
} as const;

/** What enforcement points have to know of a decision point at `base`, https://host. */
export function metadata(base: string): Readonly<Record<string, string>> {
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}${PATHS.evaluation}`,
    access_evaluations_endpoint: `${base}${PATHS.evaluations}`,
    search_subject_endpoint: `${base}${PATHS.searchSubject}`,
    search_resource_endpoint: `${base}${PATHS.searchResource}`,
    search_action_endpoint: `${base}${PATHS.searchAction}`,
  };
}
