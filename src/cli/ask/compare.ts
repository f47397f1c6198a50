import { UsageError } from '../usage-error.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Part, Question } from './question.ts';
import { TERM, type Term, termCells } from './terms.ts';
import { contextOf, exactly } from './words.ts';

export const COMPARE_OPTIONS = {
  role: { type: 'string' },
  other: { type: 'string' },
  'other-role': { type: 'string' },
  service: { type: 'string', multiple: true },
  context: { type: 'string', multiple: true },
} as const;

const DOCUMENT = `query Compare(
  $principal: PrincipalId!, $role: Arn, $other: ComparedSubjectInput, $context: RequestContext,
  $filter: PermissionFilterInput, $first: Int, $after: String
) {
  compareAccess(principal: $principal, assumedRole: $role, other: $other, context: $context, filter: $filter) {
    assumption { allowed reason missingContextKeys }
    otherAssumption { allowed reason missingContextKeys }
    gainedCount lostCount changedCount keptCount partial gaps revision
    differences(first: $first, after: $after) {
      totalCount
      nodes { kind action accessLevel before ${TERM} after ${TERM} }
      pageInfo { endCursor hasNextPage }
    }
  }
}`;

interface Comparison {
  readonly assumption: Assumption | null;
  readonly otherAssumption: Assumption | null;
  readonly gainedCount: number;
  readonly lostCount: number;
  readonly changedCount: number;
  readonly keptCount: number;
  readonly partial: readonly string[];
  readonly gaps: readonly string[];
  readonly differences: { readonly nodes: readonly Difference[] };
}

interface Assumption {
  readonly allowed: boolean;
  readonly reason: string;
  readonly missingContextKeys: readonly string[];
}

interface Difference {
  readonly kind: string;
  readonly action: string;
  readonly before: readonly Term[];
  readonly after: readonly Term[];
}

/** A principal as itself or in a role. */
interface Compared {
  readonly principal: string;
  readonly role: string | null;
}

interface Values {
  readonly role?: string | undefined;
  readonly other?: string | undefined;
  readonly 'other-role'?: string | undefined;
  readonly service?: string[] | undefined;
  readonly context?: string[] | undefined;
}

/**
 * `rolegate compare PRINCIPAL --role ARN`: what it gains, loses and has changed in the role; with `--other PRINCIPAL`, what that one
 * has and it has not, and the other way round. With `--context`, for requests that have these condition keys.
 */
export function compare(words: readonly string[], values: Values): Question {
  const [principal = ''] = exactly('compare', ['PRINCIPAL'], words);
  const role = given(values, 'role');
  const other = otherOf(values);
  if (other === null && role === null) throw new UsageError('`rolegate compare` needs --role ARN or --other PRINCIPAL');
  const first = { principal, role };
  return {
    document: DOCUMENT,
    variables: {
      principal,
      role,
      other: other === null ? null : { principal: other.principal, assumedRole: other.role },
      context: contextOf(values.context),
      filter: values.service === undefined ? null : { services: values.service },
    },
    pages: ['compareAccess', 'differences'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        // as: the answer to the query above, by a gateway that knows all of its fields
        const answer = memberOf(data, 'compareAccess') as unknown as Comparison;
        const rows = answer.differences.nodes.flatMap(differenceRows);
        return `${part.isFirst ? head(answer, first, other) : ''}${table.lines(rows)}${tail(answer, part)}`;
      };
    },
  };
}

/** Null: left out. An empty one is most likely a variable of a shell that is not set. */
function given(values: Values, name: 'role' | 'other' | 'other-role'): string | null {
  if (values[name] === '') throw new UsageError(`--${name} is empty`);
  return values[name] ?? null;
}

function otherOf(values: Values): Compared | null {
  const principal = given(values, 'other');
  const role = given(values, 'other-role');
  if (principal !== null) return { principal, role };
  if (role !== null) throw new UsageError('--other-role belongs to --other');
  return null;
}

function head(answer: Comparison, first: Compared, other: Compared | null): string {
  const { gainedCount, lostCount, changedCount, keptCount } = answer;
  const whom = other === null ? subjectText(first) : `${subjectText(other)} compared with ${subjectText(first)}`;
  const counts = `gained ${gainedCount}, lost ${lostCount}, changed ${changedCount}, unchanged ${keptCount}`;
  const denied = denialLines(first, answer.assumption) + denialLines(other, answer.otherAssumption);
  return `${denied}${whom}: actions ${counts}\n`;
}

function subjectText({ principal, role }: Compared): string {
  return `${named(principal)}${role === null ? '' : ` in ${named(role)}`}`;
}

/** Said first: who cannot be in the role is allowed nothing there. */
function denialLines(subject: Compared | null, assumption: Assumption | null): string {
  if (subject === null || subject.role === null || assumption === null || assumption.allowed) return '';
  const { reason, missingContextKeys } = assumption;
  const keys = missingContextKeys.length === 0 ? '' : `not given: ${missingContextKeys.map(named).join(', ')}\n`;
  return `${named(subject.principal)} cannot be in ${named(subject.role)}: ${named(reason)}\n${keys}`;
}

function tail({ partial, gaps }: Comparison, part: Part): string {
  if (!part.isLast) return '';
  const left = partial.map((action) => `too much to compare: ${named(action)}\n`).join('');
  return `${moreLine(part)}${left}${gapLines(gaps)}`;
}

function differenceRows({ kind, action, before, after }: Difference): readonly (readonly string[])[] {
  if (kind === 'GAINED') return termRows('gained', action, after);
  if (kind === 'LOST') return termRows('lost', action, before);
  return [...termRows('before', action, before), ...termRows('after', '', after)];
}

/** One row for each term; the first says what they are. */
function termRows(what: string, action: string, terms: readonly Term[]): readonly (readonly string[])[] {
  return terms.map((term, i) => [...(i === 0 ? [what, action] : ['', '']), ...termCells(term)]);
}
