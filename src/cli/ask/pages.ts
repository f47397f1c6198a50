import { CommandFailed } from '../failure.ts';
import { type Data, dataOf, isObject } from '../gateway-answer.ts';
import type { Asked } from './asked.ts';
import type { Part, Question } from './question.ts';

/** A part of an answer: of a list, one page. */
export interface Page extends Part {
  readonly data: Data;
}

/** Entries of one page. */
const PAGE = 500;

/**
 * The answer to a question, page by page. `first`: entries of its list in all; null: all. `onChanged`: called once if the pages are of
 * several revisions of the directory. Throws GatewayRefused or CommandFailed.
 */
export async function* pagesOf(
  asked: Asked,
  { document, variables, pages }: Question,
  first: number | null,
  onChanged: () => void,
): AsyncGenerator<Page> {
  if (pages === null) {
    const data = dataOf(asked.name, await asked.answer(document, variables));
    yield { data, isFirst: true, isLast: true, more: false };
    return;
  }
  let left = first ?? Number.POSITIVE_INFINITY;
  let after: string | null = null;
  let revision: unknown;
  let changed = false;
  for (let isFirst = true; ; isFirst = false) {
    const given = { ...variables, first: Math.min(PAGE, left), after };
    const data = dataOf(asked.name, await asked.answer(document, given));
    const { nodes, pageInfo } = connectionIn(data, pages, asked);
    const current = revisionIn(data, pages);
    if (!isFirst && !changed && current !== revision) onChanged();
    changed ||= !isFirst && current !== revision;
    revision = current;
    left -= nodes.length;
    const { hasNextPage, endCursor } = isObject(pageInfo) ? pageInfo : {};
    const goesOn = hasNextPage === true && typeof endCursor === 'string' && nodes.length > 0;
    const isLast = !goesOn || left <= 0;
    yield { data, isFirst, isLast, more: goesOn && isLast };
    if (isLast) return;
    after = endCursor;
  }
}

interface Connection {
  readonly nodes: readonly unknown[];
  readonly pageInfo: unknown;
}

function connectionIn(data: Data, path: readonly string[], asked: Asked): Connection {
  const found = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), data);
  if (!isObject(found) || !Array.isArray(found['nodes'])) throw new CommandFailed(`${asked.name} gives no answer`);
  return { nodes: found['nodes'], pageInfo: found['pageInfo'] };
}

/** The revision that stands beside the connection, or beside what it belongs to. */
function revisionIn(data: Data, path: readonly string[]): unknown {
  let value: unknown = data;
  let revision: unknown;
  for (const name of path) {
    value = isObject(value) ? value[name] : undefined;
    if (isObject(value) && 'revision' in value) revision = value['revision'];
  }
  return revision;
}
