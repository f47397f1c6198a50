import type { Data } from '../gateway-answer.ts';
import { annotationLine } from '../report/github.ts';
import { OUTPUT_OPTIONS, outputFormat } from '../report/output-format.ts';
import { counted } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Part, Question } from './question.ts';
import { exactly } from './words.ts';

export const FINDINGS_OPTIONS = {
  ...OUTPUT_OPTIONS,
  kind: { type: 'string', multiple: true },
  account: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  acknowledged: { type: 'boolean' },
} as const;

const DOCUMENT = `query Findings(
  $kinds: [FindingKind!], $accountIds: [AccountId!], $acknowledged: Boolean, $first: Int, $after: String
) {
  findings(kinds: $kinds, accountIds: $accountIds, acknowledged: $acknowledged, first: $first, after: $after) {
    totalCount withheld gaps revision
    nodes {
      id kind weight arn accountId policyName message actions resource
      acknowledgement { reason acknowledgedAt until }
      outsider { kind value conditional }
      statements { policy policyName index sid effect }
      witness { principal roleArn action resource context }
      unreadable { line column code message }
    }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface Findings {
  readonly totalCount: number;
  readonly withheld: boolean;
  readonly gaps: readonly string[];
  readonly nodes: readonly Finding[];
}

interface Finding {
  readonly kind: string;
  readonly weight: string;
  readonly message: string;
  readonly acknowledgement: { readonly reason: string } | null;
}

/** The worst first. */
const WEIGHTS = ['critical', 'high', 'medium', 'low'];
const LEVELS = new Map<string, 'error' | 'warning'>([
  ['CRITICAL', 'error'],
  ['HIGH', 'error'],
  ['MEDIUM', 'warning'],
]);

interface Values {
  readonly json?: boolean;
  readonly format?: string;
  readonly kind?: string[] | undefined;
  readonly account?: string[] | undefined;
  readonly 'fail-on'?: string | undefined;
  readonly acknowledged?: boolean | undefined;
}

/** `rolegate findings`: what somebody should look at, the worst first. With `--fail-on WEIGHT`, 1 if something weighs as much, or more. */
export function findings(words: readonly string[], values: Values): Question {
  exactly('findings', [], words);
  const format = outputFormat(values);
  const most = failingWeights(values['fail-on']);
  return {
    document: DOCUMENT,
    variables: {
      kinds: values.kind?.map(kindOf) ?? null,
      accountIds: values.account ?? null,
      acknowledged: values.acknowledged === true,
    },
    pages: ['findings'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        const answer = findingsIn(data);
        if (format === 'github') return `${answer.nodes.map(annotation).join('')}${part.isLast ? missing(answer) : ''}`;
        const head = part.isFirst ? `${counted(answer.totalCount, 'finding', 'findings')}\n` : '';
        const rows = answer.nodes.map(({ weight, kind, message, acknowledgement }) => [
          weight.toLowerCase(),
          lowerCase(kind),
          message,
          ...(acknowledgement === null ? [] : [acknowledgement.reason]),
        ]);
        return `${head}${table.lines(rows)}${tail(answer, part)}`;
      };
    },
    code: (data) => (findingsIn(data).nodes.some(({ weight }) => most.has(weight.toLowerCase())) ? 1 : 0),
  };
}

function findingsIn(data: Data): Findings {
  // as: the answer to the query above, by a gateway that knows all of its fields
  return memberOf(data, 'findings') as unknown as Findings;
}

/** `public-access`, `PUBLIC_ACCESS` */
function kindOf(text: string): string {
  const kind = text.toUpperCase().replaceAll('-', '_');
  if (!/^[A-Z_]{1,64}$/.test(kind)) throw new UsageError(`--kind is a kind of findings, such as public-access`);
  return kind;
}

/** Empty: nothing fails. */
function failingWeights(text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return new Set();
  const at = WEIGHTS.indexOf(text.toLowerCase());
  if (at === -1) throw new UsageError(`--fail-on is ${WEIGHTS.slice(0, -1).join(', ')} or ${WEIGHTS.at(-1)}`);
  return new Set(WEIGHTS.slice(0, at + 1));
}

/** `public access` */
function lowerCase(kind: string): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}

function annotation({ weight, kind, message }: Finding): string {
  const level = LEVELS.get(weight) ?? 'notice';
  return annotationLine({
    level,
    file: null,
    title: `${lowerCase(kind)} (${weight.toLowerCase()})`,
    message: named(message),
  });
}

/** In annotations: what was not looked at. */
function missing({ withheld, gaps }: Findings): string {
  const sentences = [...(withheld ? [WITHHELD] : []), ...gaps.map((gap) => `not known: ${named(gap)}`)];
  return sentences
    .map((message) => annotationLine({ level: 'notice', file: null, title: 'not looked at', message }))
    .join('');
}

const WITHHELD = 'there may be more in policies that you may not read';

function tail({ withheld, gaps }: Findings, part: Part): string {
  if (!part.isLast) return '';
  return `${moreLine(part)}${withheld ? `${WITHHELD}\n` : ''}${gapLines(gaps)}`;
}
