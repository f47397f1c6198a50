import { randomUUID } from 'node:crypto';
import { type Data, isObject } from '../gateway-answer.ts';
import type { Part } from './question.ts';
import { safeJson } from './safe-json.ts';

/**
 * The data as JSON, in pieces: the first page of a list as it is, but for `pageInfo`, with the nodes of all pages in its place.
 * `path`: members that lead to the list; null: there is none.
 */
export class StreamedJson {
  readonly #path: readonly string[] | null;
  #end = '';
  #isEmpty = true;

  constructor(path: readonly string[] | null) {
    this.#path = path;
  }

  piece(data: Data, { isFirst, isLast }: Part): string {
    const path = this.#path;
    if (path === null) return `${safeJson(data)}\n`;
    const nodes = nodesIn(data, path);
    const comma = this.#isEmpty || nodes.length === 0 ? '' : ',';
    const lines = `${comma}${nodes.map((node) => `\n  ${safeJson(node, 0)}`).join(',')}`;
    this.#isEmpty &&= nodes.length === 0;
    if (!isFirst) return `${lines}${isLast ? this.#end : ''}`;
    // Nothing in the data is this text.
    const mark = randomUUID();
    const [start = '', end = ''] = safeJson(replaced(data, path, mark)).split(`"${mark}"`);
    this.#end = `\n]${end}\n`;
    return `${start}[${lines}${isLast ? this.#end : ''}`;
  }
}

function nodesIn(data: unknown, path: readonly string[]): readonly unknown[] {
  const found = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), data);
  return isObject(found) && Array.isArray(found['nodes']) ? found['nodes'] : [];
}

/** The data with `mark` in place of the nodes. */
function replaced(data: unknown, [name, ...rest]: readonly string[], mark: string): unknown {
  if (!isObject(data)) return data;
  if (name !== undefined) return { ...data, [name]: replaced(data[name], rest, mark) };
  const { pageInfo: _left, ...others } = data;
  return { ...others, nodes: mark };
}
