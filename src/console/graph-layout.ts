/** A node of a graph, and the names of its neighbours. */
export interface Edge {
  readonly source: string;
  readonly target: string;
}

/** Where a node stands: in which column, and in which place of it. */
export interface Placed {
  readonly name: string;
  readonly column: number;
  readonly row: number;
}

export interface Layout {
  readonly placed: ReadonlyMap<string, Placed>;
  readonly columns: number;
  /** Of the longest column. */
  readonly rows: number;
}

/** How often the columns are put in order by their neighbours. */
const ROUNDS = 6;

/**
 * Columns around `center`: to its right what it reaches, step by step, to its left what reaches it. In each column, nodes stand
 * near their neighbours. What is not connected is left out, and so is everything beyond the nearest `most` nodes.
 */
export function layoutOf(center: string, edges: readonly Edge[], most: number): Layout {
  const after = neighbours(
    edges,
    ({ source }) => source,
    ({ target }) => target,
  );
  const before = neighbours(
    edges,
    ({ target }) => target,
    ({ source }) => source,
  );
  const at = new Map([[center, 0]]);
  spread(center, after, 1, at, most);
  spread(center, before, -1, at, most);
  const lowest = Math.min(...at.values());
  const columns: string[][] = [];
  for (const [name, step] of at) {
    const column = columns[step - lowest] ?? [];
    columns[step - lowest] = column;
    column.push(name);
  }
  order(columns, [before, after]);
  const rows = Math.max(...columns.map(({ length }) => length));
  const placed = new Map<string, Placed>();
  for (const [column, names] of columns.entries()) {
    // Shorter columns stand in the middle.
    const first = (rows - names.length) / 2;
    for (const [index, name] of names.entries()) placed.set(name, { name, column, row: first + index });
  }
  return { placed, columns: columns.length, rows };
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function neighbours(edges: readonly Edge[], from: (edge: Edge) => string, to: (edge: Edge) => string): Neighbours {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const known = found.get(from(edge));
    if (known === undefined) found.set(from(edge), [to(edge)]);
    else known.push(to(edge));
  }
  return found;
}

/** Step by step away from the centre, the nearest first. */
function spread(center: string, next: Neighbours, step: 1 | -1, at: Map<string, number>, most: number): void {
  let edge: readonly string[] = [center];
  for (let column: number = step; edge.length > 0; column += step) {
    const found: string[] = [];
    for (const name of edge) {
      for (const each of next.get(name) ?? []) {
        if (at.has(each) || at.size >= most) continue;
        at.set(each, column);
        found.push(each);
      }
    }
    edge = found;
  }
}

/** Each column by the mean place of its neighbours in the column before it, to the right and back again. */
function order(columns: readonly string[][], [before, after]: readonly [Neighbours, Neighbours]): void {
  for (let round = 0; round < ROUNDS; round++) {
    const rightwards = round % 2 === 0;
    const sequence = rightwards ? columns : columns.toReversed();
    let places = new Map<string, number>();
    for (const column of sequence) {
      const near = rightwards ? before : after;
      const mean = new Map(column.map((name, index) => [name, meanOf(near.get(name) ?? [], places) ?? index]));
      column.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
      places = new Map(column.map((name, index) => [name, index]));
    }
  }
}

function meanOf(names: readonly string[], places: ReadonlyMap<string, number>): number | null {
  const known = names.flatMap((name) => places.get(name) ?? []);
  return known.length === 0 ? null : known.reduce((sum, place) => sum + place, 0) / known.length;
}
