import { counted } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Question } from './question.ts';
import { exactly } from './words.ts';

export const ROLES_OPTIONS = { depth: { type: 'string' } } as const;

const DOCUMENT = `query Roles($principal: PrincipalId!, $depth: Int, $first: Int, $after: String) {
  assumableRoles(principal: $principal, maxDepth: $depth, first: $first, after: $after) {
    totalCount revision gaps
    nodes { role { arn } chain { arn } requires }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface Roles {
  readonly totalCount: number;
  readonly gaps: readonly string[];
  readonly nodes: readonly {
    readonly role: Named;
    readonly chain: readonly Named[];
    readonly requires: readonly string[];
  }[];
}

interface Named {
  readonly arn: string;
}

/** `rolegate roles PRINCIPAL`: the roles that it can assume, one after the other. */
export function roles(words: readonly string[], values: { readonly depth?: string | undefined }): Question {
  const [principal] = exactly('roles', ['PRINCIPAL'], words);
  return {
    document: DOCUMENT,
    variables: { principal, depth: depthOf(values.depth) },
    pages: ['assumableRoles'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        // as: the answer to the query above, by a gateway that knows all of its fields
        const { totalCount, gaps, nodes } = memberOf(data, 'assumableRoles') as unknown as Roles;
        const head = part.isFirst ? `${named(principal)} can assume ${counted(totalCount, 'role', 'roles')}\n` : '';
        const rows = nodes.map(({ role, chain, requires }) => [role.arn, through(chain), needing(requires)]);
        return `${head}${table.lines(rows)}${moreLine(part)}${part.isLast ? gapLines(gaps) : ''}`;
      };
    },
  };
}

/** Null: one. */
export function depthOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-4]$/.test(text)) throw new UsageError('--depth is a number from 1 to 4');
  return Number(text);
}

function through(chain: readonly Named[]): string {
  return chain.length < 2
    ? ''
    : `through ${chain
        .slice(0, -1)
        .map(({ arn }) => arn)
        .join(', then ')}`;
}

function needing(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `needs ${keys.join(', ')}`;
}
