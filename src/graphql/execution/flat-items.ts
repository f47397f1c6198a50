import type { GraphQLResolveInfo } from 'graphql';
import type { ObjectForm, PlannedField, QueryPlan, ValueForm } from './plan.ts';
import { PlannedInfo } from './planned-info.ts';
import { type IsShared, Repeated } from './repeated.ts';
import { isPromise, serialized } from './values.ts';

type Path = GraphQLResolveInfo['path'];
type Fields = Record<string, unknown>;

/** An item with a field that has failed, comes later, or is no simple value: it goes on as any other does. */
export class Unfinished {
  readonly path: Path;
  /** Of the fields before it. */
  readonly results: Fields;
  /** It and the fields after it. Its resolver returns, or throws, what it has already. */
  readonly fields: readonly PlannedField[];

  constructor(path: Path, results: Fields, fields: readonly PlannedField[]) {
    this.path = path;
    this.results = results;
    this.fields = fields;
  }
}

/** The object form of items that are flat; null: they are not, or only some of them are. */
export function flatFormOf(form: ValueForm): ObjectForm | null {
  const of = objectFormOf(form);
  return of?.isFlat === true ? of : null;
}

/** The object form of items; null: they are none, or of several types. */
export function objectFormOf(form: ValueForm): ObjectForm | null {
  const of = form.kind === 'nonNull' ? form.of : form;
  return of.kind === 'object' ? of : null;
}

/**
 * The items of a list whose fields are leaves. Nearly all of these are there at once, and none looks at its place: one object tells
 * all items where they are, and is made anew only after an item whose resolvers may hold on to it.
 */
export class FlatItems {
  readonly #plan: QueryPlan;
  readonly #context: unknown;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fields: readonly PlannedField[];
  readonly #isShared: IsShared | null;
  /** What shared items have become. */
  readonly #shared: Map<unknown, Repeated> | null;
  #infos: readonly (PlannedInfo | null)[];
  #place: Place;

  /** `repeats`: what stands in many places may be a Repeated. */
  constructor(
    plan: QueryPlan,
    context: unknown,
    variables: Readonly<Record<string, unknown>>,
    { fields, isShared }: ObjectForm,
    list: Path,
    repeats: boolean,
  ) {
    this.#isShared = repeats ? isShared : null;
    this.#shared = this.#isShared === null ? null : new Map();
    this.#plan = plan;
    this.#context = context;
    this.#variables = variables;
    this.#fields = fields;
    this.#place = new Place(list);
    this.#infos = this.#newInfos();
  }

  /** Whether it can be completed here. */
  static takes(item: unknown): boolean {
    return typeof item === 'object' && item !== null && !(item instanceof Error) && !isPromise(item);
  }

  /** What a shared item has become; undefined: it is to be completed. */
  known(item: unknown): Repeated | undefined {
    return this.#shared?.get(item);
  }

  /** `item`: one that it takes, and does not know. */
  complete(item: unknown, index: number): Fields | Repeated | Unfinished {
    const completed = this.#complete(item, index);
    // as: it is one that it takes
    if (completed instanceof Unfinished || this.#isShared?.(item as object) !== true) return completed;
    const repeated = new Repeated(completed);
    this.#shared?.set(item, repeated);
    return repeated;
  }

  #complete(item: unknown, index: number): Fields | Unfinished {
    const fields = this.#fields;
    const results: Fields = {};
    this.#place.moveTo(index);
    for (let at = 0; at < fields.length; at += 1) {
      const field = fields[at];
      if (field === undefined) continue;
      const info = this.#infos[at];
      if (info == null || field.leaf === null) {
        results[field.key] = field.parentType.name;
        continue;
      }
      info.isMoved();
      let value: unknown;
      try {
        value = field.resolve(item, field.argumentsOf(this.#variables), this.#context, info);
        if (value === null && field.form.kind === 'leaf') {
          results[field.key] = null;
          continue;
        }
        if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') {
          results[field.key] = serialized(field.leaf, value);
          continue;
        }
      } catch (error) {
        return this.#unfinished(results, at, () => {
          throw error;
        });
      }
      return this.#unfinished(results, at, () => value);
    }
    return results;
  }

  #unfinished(results: Fields, at: number, resolve: PlannedField['resolve']): Unfinished {
    const { path } = this.#place;
    this.#place = new Place(this.#place.list);
    this.#infos = this.#newInfos();
    const [field, ...others] = this.#fields.slice(at);
    return new Unfinished(path, results, field === undefined ? others : [{ ...field, resolve }, ...others]);
  }

  #newInfos(): readonly (PlannedInfo | null)[] {
    return this.#fields.map((field) =>
      field.definition === null
        ? null
        : new PlannedInfo(this.#plan, field, field.definition, this.#variables, this.#place),
    );
  }
}

/** Where an item is. Its path is made when somebody wants to know it. */
class Place {
  readonly list: Path;
  #index = 0;
  #path: Path | null = null;

  constructor(list: Path) {
    this.list = list;
  }

  moveTo(index: number): void {
    this.#index = index;
    this.#path = null;
  }

  get path(): Path {
    this.#path ??= { prev: this.list, key: this.#index, typename: undefined };
    return this.#path;
  }
}
