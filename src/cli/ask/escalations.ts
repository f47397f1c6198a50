import { counted } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Part, Question } from './question.ts';
import { exactly } from './words.ts';

export const ESCALATIONS_OPTIONS = {
  all: { type: 'boolean' },
  depth: { type: 'string' },
  account: { type: 'string', multiple: true },
} as const;

const DOCUMENT = `query Escalations(
  $principal: PrincipalId, $accountIds: [AccountId!], $depth: Int, $first: Int, $after: String
) {
  escalationPaths(principal: $principal, accountIds: $accountIds, maxDepth: $depth, first: $first, after: $after) {
    totalCount withheld gaps revision
    administrators { arn }
    nodes {
      principal { arn } end { arn } isAdministrator
      gained { action resource }
      steps { kind method title source needs target from { arn } to { arn } decisions { action resource } }
    }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface Escalations {
  readonly totalCount: number;
  readonly withheld: boolean;
  readonly gaps: readonly string[];
  readonly administrators: readonly Named[];
  readonly nodes: readonly Path[];
}

interface Path {
  readonly principal: Named;
  readonly end: Named;
  readonly isAdministrator: boolean;
  readonly steps: readonly Step[];
}

interface Step {
  readonly title: string;
  readonly needs: string | null;
  readonly target: string;
}

interface Named {
  readonly arn: string;
}

/** `rolegate escalations PRINCIPAL`, or of all users and roles: by which ways they come to permissions that they do not have. */
export function escalations(
  words: readonly string[],
  values: {
    readonly all?: boolean | undefined;
    readonly depth?: string | undefined;
    readonly account?: string[] | undefined;
  },
): Question {
  const { account } = values;
  const isOfMany = values.all === true || account !== undefined;
  if (isOfMany && words.length > 0) throw new UsageError('PRINCIPAL excludes --all and --account');
  if (!isOfMany && words.length === 0)
    throw new UsageError('`rolegate escalations` needs PRINCIPAL, --all or --account ID');
  const principal = isOfMany ? null : (exactly('escalations', ['PRINCIPAL'], words)[0] ?? null);
  return {
    document: DOCUMENT,
    variables: { principal, accountIds: account ?? null, depth: depthOf(values.depth) },
    pages: ['escalationPaths'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        // as: the answer to the query above, by a gateway that knows all of its fields
        const answer = memberOf(data, 'escalationPaths') as unknown as Escalations;
        const count = counted(answer.totalCount, 'way', 'ways');
        const head = part.isFirst
          ? `${count} to more permissions${principal === null ? '' : ` from ${named(principal)}`}\n`
          : '';
        return `${head}${table.lines(answer.nodes.map(pathRow))}${tail(answer, part)}`;
      };
    },
  };
}

/** Null: as many as the gateway searches if it is not told. */
function depthOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-5]$/.test(text)) throw new UsageError('--depth is a number from 1 to 5');
  return Number(text);
}

function pathRow({ principal, end, isAdministrator, steps }: Path): readonly string[] {
  const more = isAdministrator ? 'administrator' : '';
  return [principal.arn, counted(steps.length, 'step', 'steps'), more, stepsText(steps, end)];
}

/** `Assume the role arn:…:role/a, then write an inline policy of the user arn:…:user/b` */
function stepsText(steps: readonly Step[], end: Named): string {
  const texts = steps.map(({ title, target, needs }, i) => {
    const what = i === 0 ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
    return `${what}: ${target}${needs === null ? '' : ` (needs ${needs.charAt(0).toLowerCase()}${needs.slice(1)})`}`;
  });
  const isSaid = steps.at(-1)?.target === end.arn;
  return `${texts.join(', then ')}${isSaid ? '' : `, which gives more to ${end.arn}`}`;
}

function tail({ administrators, withheld, gaps }: Escalations, part: Part): string {
  if (!part.isLast) return '';
  const rows = tableOfNames().lines(administrators.map(({ arn }) => [arn]));
  const others = administrators.length === 0 ? '' : `may do everything already:\n${rows}`;
  const hidden = withheld
    ? 'there may be more ways: you may not ask about everybody, or read everything, on them\n'
    : '';
  return `${moreLine(part)}${others}${hidden}${gapLines(gaps)}`;
}
