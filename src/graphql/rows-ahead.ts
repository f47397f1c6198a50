import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLField, GraphQLFieldResolver } from 'graphql';
import type { FindStore } from '../directory/find/find-store.ts';
import type { Column, Row } from '../directory/find/read-rows.ts';
import { getDatamodel } from '../directory/schema-types.ts';

// The entries of a list have little but their names. Pothos reads for each of them what each of its fields needs, with a promise and a
// look at its place each time: many times what the database takes. Here the columns that a list's fields need are read before any of
// them is asked, with one statement; the fields are then answered at once. What is more than columns is left to Pothos.

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      besideRows: BasePlugin<Types>;
      fromRows: BasePlugin<Types>;
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, object, object>;
type Definition = GraphQLField<unknown, unknown>;

/** Reads what the fields of several values need; null: nothing is to be read. */
export type ReadAhead = (values: readonly unknown[], context: unknown) => Promise<void> | null;

/** By the context of an operation: the rows of values, as far as they were read. */
const rowsOf = new WeakMap<object, WeakMap<object, Row>>();

/** What a field does with a row that has its columns, by its configuration. */
const resolvers = new WeakMap<object, Resolver>();

/** Between Prisma's plugin and the resolver. */
class FromRows<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolve: Resolver, field: PothosOutputFieldConfig<Types>): Resolver {
    resolvers.set(field, resolve);
    return resolve;
  }
}

/** Around Prisma's plugin: it is not asked where the row is there. */
class BesideRows<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(type: PothosTypeConfig): PothosTypeConfig {
    const { pothosPrismaModel: model, pothosPrismaTypeSelection: selection } = (type.extensions ?? {}) as Extensions; // as: what Pothos puts there
    if (type.kind !== 'Object' || typeof model !== 'string') return type;
    const readAhead = aheadOf(model, columnsIn(selection?.select));
    return readAhead === null ? type : { ...type, extensions: { ...type.extensions, readAhead } };
  }

  override wrapResolve(resolve: Resolver, field: PothosOutputFieldConfig<Types>): Resolver {
    const fromRow = resolvers.get(field);
    const columns = columnsIn((field.extensions as Extensions | undefined)?.pothosPrismaSelect); // as: what Pothos puts there
    if (fromRow === undefined || columns === null) return resolve;
    return (value, args, context, info) => {
      const row = rowsOf.get(context)?.get(value as object); // as: of a type with rows
      const isThere = row !== undefined && columns.every((name) => name in row);
      return isThere ? fromRow(row, args, context, info) : resolve(value, args, context, info);
    };
  }
}

interface Extensions {
  readonly pothosPrismaModel?: string;
  readonly pothosPrismaTypeSelection?: { readonly select?: unknown };
  readonly pothosPrismaSelect?: unknown;
}

/** The columns of a selection; null: it is more than columns, or depends on the arguments. */
function columnsIn(selection: unknown): readonly string[] | null {
  if (typeof selection !== 'object' || selection === null) return null;
  return Object.values(selection).every((one) => one === true) ? Object.keys(selection) : null;
}

/** Types of fields whose values drivers read as Prisma does. */
const READ_ALIKE: ReadonlySet<string> = new Set(['String', 'Boolean', 'Int', 'Json', 'DateTime']);

/**
 * How the fields of a type are read ahead; null: not at all. `always`: the columns that each of its values is read with; null: all.
 */
function aheadOf(
  model: string,
  always: readonly string[] | null,
): ((definitions: readonly (Definition | null)[]) => ReadAhead | null) | null {
  const { fields = [] } = getDatamodel().datamodel.models[model] ?? {};
  const columns = new Map<string, Column>();
  for (const { name, type, kind, isList } of fields) {
    const isColumn = kind === 'enum' || (kind === 'scalar' && READ_ALIKE.has(type));
    if (isColumn && !isList) columns.set(name, { name, isInstant: type === 'DateTime' });
  }
  const by = always?.find((name) => fields.some((field) => field.name === name && (field.isId || field.isUnique)));
  if (always === null || by === undefined) return null;
  return (definitions) => {
    const names = new Set(always);
    for (const definition of definitions) {
      const { pothosPrismaSelect } = (definition?.extensions ?? {}) as Extensions; // as: what Pothos puts there
      const needed = columnsIn(pothosPrismaSelect) ?? [];
      if (needed.every((name) => columns.has(name))) for (const name of needed) names.add(name);
    }
    const wanted = [...names].flatMap((name) => columns.get(name) ?? []);
    const isMore = wanted.some(({ name }) => !always.includes(name));
    return isMore && wanted.length === names.size ? reading(model, by, wanted) : null;
  };
}

function reading(table: string, by: string, columns: readonly Column[]): ReadAhead {
  return (values, context) => {
    const named = values.filter((value): value is Row => isNamed(value, by));
    const [first] = named;
    if (named.length < 2 || first === undefined || columns.every(({ name }) => name in first)) return null;
    const nameOf = (value: Row): string => value[by] as string; // as: `isNamed`
    const { directory } = context as { readonly directory: { readonly find: FindStore } }; // as: of the gateway
    const wanted = { table, by, values: [...new Set(named.map(nameOf))], columns };
    const known = rowsOf.get(context as object) ?? new WeakMap<object, Row>(); // as: above
    rowsOf.set(context as object, known);
    return directory.find.rows(wanted).then(
      (rows) => {
        const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
        for (const value of named) {
          const row = rowOf.get(nameOf(value));
          // One that is gone is looked for by Pothos, which says so.
          if (row !== undefined) known.set(value, { ...known.get(value), ...row });
        }
      },
      // Pothos reads them itself, and says at each field what is wrong.
      () => undefined,
    );
  };
}

function isNamed(value: unknown, by: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Row)[by] === 'string'; // as: an object
}

export const besideRows = 'besideRows';
export const fromRows = 'fromRows';
SchemaBuilder.registerPlugin(besideRows, BesideRows as never);
SchemaBuilder.registerPlugin(fromRows, FromRows as never);
