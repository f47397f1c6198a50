import { parseCursorConnectionArgs } from '@pothos/plugin-relay';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './cost.ts';
import { checkPageSize, type PageArguments } from './page.ts';

/** A part of a list: between two cursors, at most `limit` entries, from its end if `inverted`. */
interface Part {
  readonly after?: string;
  readonly before?: string;
  readonly limit: number;
  readonly inverted: boolean;
}

interface CursorList<T, Node> {
  /** Names the place of an entry. */
  readonly cursorOf: (entry: T) => string;
  /** An entry as a value of the schema. */
  readonly nodeOf: (entry: T) => Node;
  /** Entries of a part, from the end if it is inverted. */
  readonly read: (part: Part) => Promise<readonly T[]>;
  /** Called when the number is selected. */
  readonly count: () => Promise<number>;
}

/** An entry of a page. Its cursor is written when it is selected: that takes longer than all the rest. */
class Edge<T, Node> {
  readonly #list: CursorList<T, Node>;
  readonly #entry: T;

  constructor(list: CursorList<T, Node>, entry: T) {
    this.#list = list;
    this.#entry = entry;
  }

  get node(): Node {
    return this.#list.nodeOf(this.#entry);
  }

  get cursor(): string {
    return this.#list.cursorOf(this.#entry);
  }
}

/** A page. What is not selected is not made. */
export class CursorPage<T, Node> {
  readonly totalCount: () => Promise<number>;
  readonly #list: CursorList<T, Node>;
  readonly #entries: readonly T[];
  readonly #more: { readonly hasPreviousPage: boolean; readonly hasNextPage: boolean };

  constructor(
    list: CursorList<T, Node>,
    entries: readonly T[],
    more: { readonly hasPreviousPage: boolean; readonly hasNextPage: boolean },
  ) {
    this.totalCount = list.count;
    this.#list = list;
    this.#entries = entries;
    this.#more = more;
  }

  get edges() {
    return this.#entries.map((entry) => new Edge(this.#list, entry));
  }

  get nodes(): readonly Node[] {
    return this.#entries.map(this.#list.nodeOf);
  }

  get pageInfo() {
    const { cursorOf } = this.#list;
    const [first, last] = [this.#entries[0], this.#entries.at(-1)];
    return {
      ...this.#more,
      startCursor: first === undefined ? null : cursorOf(first),
      endCursor: last === undefined ? null : cursorOf(last),
    };
  }
}

/** The page of a list that can be read in both directions. Throws InvalidInput for a page that is too large. */
export async function cursorPage<T, Node>(
  { after = null, before = null, first = null, last = null }: PageArguments,
  list: CursorList<T, Node>,
): Promise<CursorPage<T, Node>> {
  checkPageSize({ first, last });
  const part = parseCursorConnectionArgs({
    args: { after, before, first, last },
    defaultSize: DEFAULT_PAGE_SIZE,
    maxSize: MAX_PAGE_SIZE,
  });
  const found = await list.read({
    ...(after === null ? {} : { after }),
    ...(before === null ? {} : { before }),
    limit: part.limit,
    inverted: part.inverted,
  });
  const entries = found.slice(0, part.expectedSize);
  return new CursorPage(list, part.inverted ? entries.toReversed() : entries, {
    hasPreviousPage: part.hasPreviousPage(found.length),
    hasNextPage: part.hasNextPage(found.length),
  });
}
