import { counted } from '../terminal.ts';
import { principalIn } from './can.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Question } from './question.ts';
import { conditionsText } from './terms.ts';
import { contextOf, exactly } from './words.ts';

export const WHO_CAN_OPTIONS = {
  context: { type: 'string', multiple: true },
  'resource-account': { type: 'string' },
  conditional: { type: 'boolean' },
} as const;

const DOCUMENT = `query WhoCan(
  $action: String!, $resource: Arn!, $resourceAccount: AccountId, $context: RequestContext, $conditional: Boolean!
  $first: Int, $after: String
) {
  whoCan(
    action: $action, resource: $resource, resourceAccount: $resourceAccount, context: $context, conditional: $conditional
    first: $first, after: $after
  ) {
    totalCount revision gaps
    outsiders { kind value }
    nodes { principal { principalId } conditions }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface WhoCan {
  readonly totalCount: number;
  readonly gaps: readonly string[];
  readonly outsiders: readonly { readonly kind: string; readonly value: string }[];
  readonly nodes: readonly { readonly principal: unknown; readonly conditions: readonly unknown[] }[];
}

/** `rolegate who-can ACTION RESOURCE`: users and roles, and whom else the policy of the resource lets in. */
export function whoCan(
  words: readonly string[],
  values: {
    readonly context?: string[] | undefined;
    readonly 'resource-account'?: string | undefined;
    readonly conditional?: boolean | undefined;
  },
): Question {
  const [action, resource] = exactly('who-can', ['ACTION', 'RESOURCE'], words);
  return {
    document: DOCUMENT,
    variables: {
      action,
      resource,
      resourceAccount: values['resource-account'] ?? null,
      context: contextOf(values.context),
      conditional: values.conditional === true,
    },
    pages: ['whoCan'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        // as: the answer to the query above, by a gateway that knows all of its fields
        const { totalCount, gaps, outsiders, nodes } = memberOf(data, 'whoCan') as unknown as WhoCan;
        const count = counted(totalCount, 'user or role', 'users and roles');
        const head = part.isFirst ? `${count} can do ${named(action)} on ${named(resource)}\n` : '';
        const rows = table.lines(
          nodes.map(({ principal, conditions }) => [principalIn(principal), conditionsText(conditions)]),
        );
        const others = outsiders.map(({ kind, value }) => [`${kind.toLowerCase()}:`, value]);
        const tail = others.length === 0 ? '' : `others whom its policy lets in:\n${tableOfNames().lines(others)}`;
        return `${head}${rows}${moreLine(part)}${part.isLast ? `${tail}${gapLines(gaps)}` : ''}`;
      };
    },
  };
}
