import { createContextCache } from '@pothos/core';
import type { Work } from '../access/work.ts';
import type { ReadModel } from '../directory/read-model.ts';
import { RolegateError } from '../policy/errors.ts';
import type { GatewayContext } from './context.ts';

type Query = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, unknown>>;

/** What of a model's delegate is needed here. */
interface Delegate {
  findUniqueOrThrow(query: Query): Promise<Row>;
  findMany(query: Query): Promise<readonly Row[]>;
}

/** A row that is waited for. */
interface Wanted {
  readonly value: string;
  readonly resolve: (row: Row | Promise<Row>) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of which the same is wanted, by a unique column. */
interface Group {
  readonly column: string;
  query: Query;
  readonly wanted: Wanted[];
}

/** Names of members that are models: others begin with `$` or `_`, or are inherited. */
const MODEL = /^[a-z]/;

/**
 * The read model for the entities of one operation. A long list begins its fields in turns, and Pothos asks for the rows that were
 * begun in each turn, row by row: here they wait for the last turn, and are read together.
 */
export const rowsTogether: (context: GatewayContext) => ReadModel = createContextCache(
  ({ directory, work }: GatewayContext): ReadModel => {
    const known = new Map<string, unknown>();
    return new Proxy(directory.prisma, {
      get(model, name) {
        const member: unknown = Reflect.get(model, name);
        if (typeof name !== 'string' || !MODEL.test(name) || typeof member !== 'object' || member === null)
          return member;
        const made = known.get(name) ?? together(member as Delegate, work); // as: models have delegates
        known.set(name, made);
        return made;
      },
    });
  },
);

/** The delegate, with rows that are asked for at the same time read by one statement. */
export function together<Model extends Delegate>(delegate: Model, work: Pick<Work, 'afterTurns' | 'isStopped'>): Model {
  let groups = new Map<string, Group>();
  const read = (): void => {
    const all = [...groups.values()];
    groups = new Map();
    for (const group of all) {
      if (work.isStopped) refuse(group);
      else void readGroup(delegate, group);
    }
  };
  const findUniqueOrThrow = (query: Query): Promise<Row> => {
    const { where, ...rest } = query;
    const [[column, value] = [], ...more] = Object.entries(where as Query); // as: Prisma requires it
    // `include` and `omit` are not in use; without `select` the column is among the others.
    if (column === undefined || typeof value !== 'string' || more.length > 0) return delegate.findUniqueOrThrow(query);
    return new Promise((resolve, reject) => {
      const columns = columnsIn(rest);
      const key = `${column} ${columns === null ? JSON.stringify(rest) : ''}`;
      const group = groups.get(key) ?? { column, query: rest, wanted: [] };
      if (groups.size === 0) work.afterTurns(read);
      groups.set(key, group);
      // Fields of one row can be begun in different turns.
      if (columns !== null) group.query = { select: { ...columnsIn(group.query), ...columns } };
      group.wanted.push({ value, resolve, reject });
    });
  };
  return new Proxy(delegate, {
    get: (model, name) => (name === 'findUniqueOrThrow' ? findUniqueOrThrow : (Reflect.get(model, name) as unknown)),
  });
}

/** What is selected, if that is columns alone; null: it is more. */
function columnsIn({ select, ...others }: Query): Query | null {
  if (typeof select !== 'object' || select === null || Object.keys(others).length > 0) return null;
  return Object.values(select).every((one) => one === true) ? (select as Query) : null; // as: an object
}

/** Nobody waits for the answer any more. */
function refuse({ wanted }: Group): void {
  const error = new RolegateError('CANCELLED', 'the client did not wait for the answer');
  for (const { reject } of wanted) reject(error);
}

async function readGroup(delegate: Delegate, { column, query, wanted }: Group): Promise<void> {
  const alone = ({ value }: Wanted): Promise<Row> =>
    delegate.findUniqueOrThrow({ ...query, where: { [column]: value } });
  const [first, ...others] = wanted;
  if (first === undefined) return;
  if (others.length === 0) {
    first.resolve(alone(first));
    return;
  }
  const { select } = query;
  try {
    const values = [...new Set(wanted.map(({ value }) => value))];
    const rows = await delegate.findMany({
      ...query,
      ...(typeof select === 'object' && { select: { ...select, [column]: true } }),
      where: { [column]: { in: values } },
    });
    const known = new Map(rows.map((row) => [row[column], row]));
    // One that is gone says so itself.
    for (const one of wanted) one.resolve(known.get(one.value) ?? alone(one));
  } catch (error) {
    for (const { reject } of wanted) reject(error);
  }
}
