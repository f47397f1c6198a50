import { UsageError } from '../usage-error.ts';
import { memberOf, named, tableOfNames } from './lines.ts';
import type { Question } from './question.ts';
import { TERM, type Term, termCells } from './terms.ts';
import { exactly } from './words.ts';

export const COMPARE_OPTIONS = {
  role: { type: 'string' },
  service: { type: 'string', multiple: true },
} as const;

const DOCUMENT = `query Compare($principal: PrincipalId!, $role: Arn!, $filter: PermissionFilterInput) {
  compareAccess(principal: $principal, assumedRole: $role, filter: $filter) {
    gained { ...Difference } lost { ...Difference } changed { ...Difference } keptCount
  }
}
fragment Difference on AccessDifference { action before ${TERM} after ${TERM} }`;

interface Comparison {
  readonly gained: readonly Difference[];
  readonly lost: readonly Difference[];
  readonly changed: readonly Difference[];
  readonly keptCount: number;
}

interface Difference {
  readonly action: string;
  readonly before: readonly Term[];
  readonly after: readonly Term[];
}

/** `rolegate compare PRINCIPAL --role ARN`: what it gains, loses and has changed in the role. */
export function compare(
  words: readonly string[],
  values: { readonly role?: string | undefined; readonly service?: string[] | undefined },
): Question {
  const [principal] = exactly('compare', ['PRINCIPAL'], words);
  const { role, service } = values;
  if (role === undefined || role === '') throw new UsageError('`rolegate compare` needs --role ARN');
  return {
    document: DOCUMENT,
    variables: { principal, role, filter: service === undefined ? null : { services: service } },
    pages: null,
    printer: () => (data) => {
      // as: the answer to the query above, by a gateway that knows all of its fields
      const { gained, lost, changed, keptCount } = memberOf(data, 'compareAccess') as unknown as Comparison;
      const counts = `gained ${gained.length}, lost ${lost.length}, changed ${changed.length}, unchanged ${keptCount}`;
      const rows = [
        ...gained.flatMap(({ action, after }) => termRows('gained', action, after)),
        ...lost.flatMap(({ action, before }) => termRows('lost', action, before)),
        ...changed.flatMap(({ action, before, after }) => [
          ...termRows('before', action, before),
          ...termRows('after', '', after),
        ]),
      ];
      return `${named(principal)} in ${named(role)}: actions ${counts}\n${tableOfNames().lines(rows)}`;
    },
  };
}

/** One row for each term; the first says what they are. */
function termRows(what: string, action: string, terms: readonly Term[]): readonly (readonly string[])[] {
  return terms.map((term, i) => [...(i === 0 ? [what, action] : ['', '']), ...termCells(term)]);
}
