/** Requests that policies treat alike, as `PermissionTerm` says them. */
export interface Term {
  readonly resources: readonly (readonly string[])[];
  readonly notResources: readonly string[];
  readonly conditions: readonly unknown[];
}

export const TERM = '{ resources notResources conditions }';

/** Alternatives that are shown; more are counted. */
const SHOWN = 4;

/** `arn:aws:s3:::a/*, arn:aws:s3:::b/* but not arn:aws:s3:::a/private/*` */
export function resourcesText({ resources, notResources }: Pick<Term, 'resources' | 'notResources'>): string {
  const on = resources.map(alternatives).join(' and ');
  const not = notResources.length === 0 ? '' : ` but not ${alternatives(notResources)}`;
  return `${on === '' ? '*' : on}${not}`;
}

/** `if {"StringEquals":{"aws:PrincipalTag/team":"red"}}`; empty: always. */
export function conditionsText(conditions: readonly unknown[]): string {
  return conditions.length === 0 ? '' : `if ${conditions.map((each) => JSON.stringify(each)).join(' and ')}`;
}

/** One cell for each of both. */
export function termCells(term: Term): readonly string[] {
  return [resourcesText(term), conditionsText(term.conditions)];
}

function alternatives(patterns: readonly string[]): string {
  const shown = patterns.slice(0, SHOWN).join(', ');
  return patterns.length > SHOWN ? `${shown} and ${patterns.length - SHOWN} more` : shown;
}
