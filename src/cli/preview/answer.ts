import type { Asked } from '../ask/asked.ts';
import { memberOf } from '../ask/lines.ts';
import { TERM, type Term } from '../ask/terms.ts';
import { CommandFailed } from '../failure.ts';
import { type Data, dataOf } from '../gateway-answer.ts';

/** Principals of one page, and the worst actions that are listed of each. */
const PAGE = 50;
export const LISTED = 20;

const DOCUMENT = `query Preview($changes: [DirectoryChangeInput!]!, $failIf: PreviewFailIfInput, $after: String) {
  previewChange(changes: $changes, failIf: $failIf) {
    __typename
    ... on PreviewChangeSuccess {
      targets touched { kind target } withheld complete verdict failureCount gaps revision
      failures { pattern principal assumedRole action }
      accesses(first: ${PAGE}, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes {
          principal { principalId } assumedRole { arn } gainedCount changedCount lostCount partial
          differences(first: ${LISTED}) { nodes { action accessLevel change gains before ${TERM} after ${TERM} } }
        }
      }
    }
    ... on UserError { code message }
    ... on ChangeFailed { index change }
  }
}`;

/** Somebody to whom something happens. */
export interface PreviewedAccess {
  readonly principal: { readonly principalId: string };
  readonly assumedRole: { readonly arn: string } | null;
  readonly gainedCount: number;
  readonly changedCount: number;
  readonly lostCount: number;
  readonly partial: readonly string[];
  readonly differences: { readonly nodes: readonly PreviewedDifference[] };
}

interface PreviewedDifference {
  readonly action: string;
  readonly accessLevel: string;
  readonly change: 'GAINED' | 'CHANGED' | 'LOST';
  readonly gains: boolean;
  readonly before: readonly Term[];
  readonly after: readonly Term[];
}

/** What the changes would do. */
export interface PreviewAnswer {
  readonly targets: readonly string[];
  readonly touched: readonly { readonly kind: string; readonly target: string }[];
  readonly accesses: readonly PreviewedAccess[];
  readonly withheld: boolean;
  readonly complete: boolean;
  readonly verdict: 'PASSED' | 'FAILED' | 'UNDECIDED' | null;
  readonly failures: readonly {
    readonly pattern: string;
    readonly principal: string;
    readonly assumedRole: string | null;
    readonly action: string;
  }[];
  readonly failureCount: number;
  readonly gaps: readonly string[];
  readonly revision: string;
}

/** Why the changes would not be made. */
export interface PreviewRefusal {
  readonly code: string;
  readonly message: string;
  /** Place among the changes, from 0, of the one at fault; null: it is none of them. */
  readonly index: number | null;
}

export function isRefusal(answer: PreviewAnswer | PreviewRefusal): answer is PreviewRefusal {
  return 'code' in answer;
}

/** Asks for all pages. Throws GatewayRefused or CommandFailed. */
export async function askPreview(
  asked: Asked,
  changes: readonly unknown[],
  forbidden: readonly string[],
): Promise<PreviewAnswer | PreviewRefusal> {
  const failIf = forbidden.length === 0 ? null : { gains: forbidden };
  const accesses: PreviewedAccess[] = [];
  for (let after: string | null = null; ; ) {
    const data: Data = dataOf(asked.name, await asked.answer(DOCUMENT, { changes, failIf, after }));
    const found: Data = memberOf(data, 'previewChange');
    if (found['__typename'] !== 'PreviewChangeSuccess') {
      const { code, message, index = null } = found;
      return { code: String(code), message: String(message), index: typeof index === 'number' ? index : null };
    }
    const page: Data = memberOf(found, 'accesses');
    // as: the answer to the query above, by a gateway that knows all of its fields
    accesses.push(...(page['nodes'] as readonly PreviewedAccess[]));
    const { hasNextPage, endCursor }: Data = memberOf(page, 'pageInfo');
    if (hasNextPage !== true || typeof endCursor !== 'string') {
      const { __typename: _name, ...answer } = found;
      return { ...(answer as unknown as PreviewAnswer), accesses }; // as: the same
    }
    if (endCursor === after) throw new CommandFailed(`${asked.name} gives no answer`);
    after = endCursor;
  }
}
