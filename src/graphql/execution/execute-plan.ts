import {
  defaultTypeResolver,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLResolveInfo,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import type { Work } from '../../access/work.ts';
import { hasLongList } from './coerce-variables.ts';
import { FlatItems, flatFormOf, objectFormOf, Unfinished } from './flat-items.ts';
import { leafOf, type ObjectForm, type PlannedField, type QueryPlan, type ValueForm } from './plan.ts';
import { PlannedInfo } from './planned-info.ts';
import { AS_MANY_AS_A_SEARCH, Turns } from './turns.ts';
import { allOf, failsLater, isPromise, serialized, simpleOf } from './values.ts';

type Path = GraphQLResolveInfo['path'];
type Maybe<T> = T | Promise<T>;
type Fields = Record<string, unknown>;
type Variables = Readonly<Record<string, unknown>>;

/** How the items of a list are completed. */
interface ItemsOf {
  /** Values that an item is worth. */
  readonly weight: number;
  readonly complete: (item: unknown, index: number) => unknown;
}

/**
 * Executes a query as graphql-js does, by a plan that is made once: the algorithm, the order of errors and the number of turns
 * that each value waits are those of its `execute` (test/graphql/execution/execute-plan.properties.test.ts compares the two). Null: the
 * variables are refused, and graphql-js says why. The answer is to be written as JSON: its objects have a prototype.
 *
 * `work`: what takes long takes turns with other requests, and rejects with the work's error when that has ended; in long lists, what
 * stands in many places can be a Repeated. Left out: it is done in one go.
 */
export function executePlan(plan: QueryPlan, context: unknown, given: Variables): Maybe<ExecutionResult> | null;
export function executePlan(
  plan: QueryPlan,
  context: unknown,
  given: Variables,
  work: Work,
): Maybe<ExecutionResult | null> | null;
export function executePlan(
  plan: QueryPlan,
  context: unknown,
  given: Variables,
  work: Work | null = null,
): Maybe<ExecutionResult | null> | null {
  if (work !== null && hasLongList(given))
    return work.run(plan.variables.ahead(given)).then(() => begin(plan, context, given, work));
  return begin(plan, context, given, work);
}

function begin(plan: QueryPlan, context: unknown, given: Variables, work: Work | null): Maybe<ExecutionResult> | null {
  // Its turn has begun: to read variables takes a while, too.
  const turns = work === null ? null : new Turns(work);
  const variables = plan.variables(given);
  const fields = variables === null ? null : plan.fieldsFor(variables);
  return variables === null || fields === null ? null : new Execution(plan, context, variables, turns).run(fields);
}

class Execution {
  readonly #plan: QueryPlan;
  readonly #context: unknown;
  readonly #variables: Variables;
  readonly #turns: Turns | null;
  readonly #errors: GraphQLError[] = [];
  /** The places that are null because of an error: undefined is the whole answer. Null: there is none. */
  #nulled: Set<Path | undefined> | null = null;

  constructor(plan: QueryPlan, context: unknown, variables: Variables, turns: Turns | null) {
    this.#plan = plan;
    this.#context = context;
    this.#variables = variables;
    this.#turns = turns;
  }

  run(fields: readonly PlannedField[]): Maybe<ExecutionResult> {
    try {
      const data = this.#fields(fields, undefined, undefined);
      if (!isPromise(data)) return this.#response(data);
      const answered = data.then(
        (resolved) => this.#response(resolved),
        (error: GraphQLError) => this.#failed(error),
      );
      return this.#turns === null ? answered : this.#turns.orEnd(answered);
    } catch (error) {
      return this.#failed(error as GraphQLError); // as: `#fields` throws located errors
    }
  }

  #failed(error: GraphQLError): ExecutionResult {
    this.#report(error, undefined);
    return this.#response(null);
  }

  #response(data: Fields | null): ExecutionResult {
    return this.#errors.length === 0 ? { data } : { errors: this.#errors, data };
  }

  /** `results`: of fields before these. */
  #fields(
    fields: readonly PlannedField[],
    source: unknown,
    path: Path | undefined,
    results: Fields = {},
  ): Maybe<Fields> {
    let promises = 0;
    try {
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index];
        if (field === undefined) continue;
        if (this.#turns?.isDue(path === undefined ? AS_MANY_AS_A_SEARCH : 1) === true)
          return this.#otherFields(fields.slice(index), source, path, results);
        if (this.#put(field, source, path, results)) promises += 1;
      }
    } catch (error) {
      if (promises === 0) throw error;
      // The other fields go on, and their failures have to be handled.
      return allOf(results).finally(() => {
        throw error;
      });
    }
    return promises === 0 ? results : allOf(results);
  }

  /** The fields that are left, as their turns come. */
  async #otherFields(
    fields: readonly PlannedField[],
    source: unknown,
    path: Path | undefined,
    results: Fields,
  ): Promise<Fields> {
    for (const value of Object.values(results)) failsLater(value);
    await this.#turns?.next();
    try {
      for (const field of fields) {
        if (this.#turns?.isDue(path === undefined ? AS_MANY_AS_A_SEARCH : 1) === true) await this.#turns.next();
        this.#put(field, source, path, results);
        failsLater(results[field.key]);
      }
    } catch (error) {
      // As in `#fields`.
      await Promise.allSettled(Object.values(results));
      throw error;
    }
    return Object.values(results).some(isPromise) ? allOf(results) : results;
  }

  /** Puts the value of a field into the answer; whether it is waited for. */
  #put(field: PlannedField, source: unknown, path: Path | undefined, results: Fields): boolean {
    const { key, definition, parentType } = field;
    if (definition === null) {
      results[key] = parentType.name;
      return false;
    }
    const result = this.#field(field, definition, source, path);
    results[key] = result;
    if (!isPromise(result)) return false;
    this.#turns?.begun();
    return true;
  }

  /** `above`: the place of the object that has the field. */
  #field(
    field: PlannedField,
    definition: NonNullable<PlannedField['definition']>,
    source: unknown,
    above: Path | undefined,
  ): unknown {
    const { form, leaf } = field;
    const info = new PlannedInfo(this.#plan, field, definition, this.#variables, above);
    try {
      const result: unknown = field.resolve(source, field.argumentsOf(this.#variables), this.#context, info);
      if (leaf !== null && typeof result === 'string') return serialized(leaf, result);
      const completed = isPromise(result)
        ? result.then((resolved) => this.#complete(form, info, null, resolved))
        : this.#complete(form, info, null, result);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => this.#nullFor(error, form, info, null));
    } catch (error) {
      return this.#nullFor(error, form, info, null);
    }
  }

  /** Null in the place of what failed; throws where null is not allowed. `item`: its place in a list; null: it is the field's value. */
  #nullFor(raw: unknown, form: ValueForm, info: PlannedInfo, item: Path | null): null {
    const path = item ?? info.path;
    const error = locatedError(raw, info.fieldNodes, responsePathAsArray(path));
    if (form.kind === 'nonNull') throw error;
    this.#report(error, path);
    return null;
  }

  /** Unless its place, or one above it, is null already. */
  #report(error: GraphQLError, path: Path | undefined): void {
    this.#nulled ??= new Set();
    for (let at = path; at !== undefined; at = at.prev) if (this.#nulled.has(at)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.#errors.push(error);
  }

  /** `item`: its place in a list; null: it is the field's value, whose place is made only if somebody wants to know it. */
  #complete(form: ValueForm, info: PlannedInfo, item: Path | null, value: unknown): unknown {
    if (value instanceof Error) throw value;
    if (form.kind === 'nonNull') {
      const completed = this.#complete(form.of, info, item, value);
      if (completed !== null) return completed;
      throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
    }
    if (value == null) return null;
    switch (form.kind) {
      case 'leaf':
        return serialized(form, value);
      case 'object':
        return this.#object(form, info, item, value);
      case 'list':
        return this.#list(form.of, info, item ?? info.path, value);
      case 'abstract':
        return this.#abstract(form, info, item, value);
      default:
        return form satisfies never;
    }
  }

  #list(form: ValueForm, info: PlannedInfo, path: Path, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      throw new Error(`Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`);
    }
    // as: checked above
    const items: readonly unknown[] = Array.isArray(value) ? value : Array.from(value as Iterable<unknown>);
    const reading = items.length > 1 ? (objectFormOf(form)?.readAhead?.(items, this.#context) ?? null) : null;
    return reading === null
      ? this.#items(form, info, path, items)
      : reading.then(() => this.#items(form, info, path, items));
  }

  #items(form: ValueForm, info: PlannedInfo, path: Path, items: readonly unknown[]): unknown {
    const completed: unknown[] = [];
    const all = this.#itemsOf(form, info, path);
    let promises = false;
    try {
      for (let index = 0; index < items.length; index += 1) {
        if (this.#turns?.isDue(all.weight) === true) return this.#otherItems(all, items, completed);
        const one = all.complete(items[index], index);
        completed.push(one);
        promises ||= isPromise(one);
      }
    } catch (error) {
      // Nobody waits for the other items any more; graphql-js would end the process with what they fail with.
      void Promise.allSettled([...completed, ...items]);
      throw error;
    }
    return promises ? Promise.all(completed) : completed;
  }

  /** The items that are left, as their turns come. */
  async #otherItems(
    { weight, complete }: ItemsOf,
    items: readonly unknown[],
    completed: unknown[],
  ): Promise<readonly unknown[]> {
    const waited: number[] = [];
    for (let index = 0; index < items.length; index += 1) {
      failsLater(items[index]);
      failsLater(completed[index]);
      if (isPromise(completed[index])) waited.push(index);
    }
    await this.#turns?.next();
    try {
      for (let index = completed.length; index < items.length; index += 1) {
        if (this.#turns?.isDue(weight) === true) await this.#turns.next();
        const one = complete(items[index], index);
        completed.push(one);
        if (!isPromise(one)) continue;
        failsLater(one);
        waited.push(index);
      }
    } catch (error) {
      void Promise.allSettled([...completed, ...items]);
      throw error;
    }
    // Few are waited for, of a list that is long.
    const late = await Promise.all(waited.map((index) => completed[index]));
    for (const [at, index] of waited.entries()) completed[index] = late[at];
    return completed;
  }

  /** How the items of a list are completed. Those that are simple are known by their form, and need no path. */
  #itemsOf(form: ValueForm, info: PlannedInfo, list: Path): ItemsOf {
    const any = (item: unknown, index: number): unknown =>
      this.#item(form, info, { prev: list, key: index, typename: undefined }, item);
    const leaf = leafOf(form);
    if (leaf !== null) return { weight: 1, complete: (item, index) => simpleOf(leaf, item) ?? any(item, index) };
    const object = flatFormOf(form);
    if (object === null) return { weight: 1, complete: any };
    const repeats = this.#turns !== null;
    const flat = new FlatItems(this.#plan, this.#context, this.#variables, object, list, repeats);
    const complete = (item: unknown, index: number): unknown => {
      const known = flat.known(item);
      if (known !== undefined) return known;
      if (!FlatItems.takes(item)) return any(item, index);
      const completed = flat.complete(item, index);
      return completed instanceof Unfinished ? this.#goOn(completed, form, info, item) : completed;
    };
    return { weight: Math.max(1, object.fields.length), complete };
  }

  #goOn({ fields, path, results }: Unfinished, form: ValueForm, info: PlannedInfo, item: unknown): unknown {
    try {
      const completed = this.#fields(fields, item, path, results);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => this.#nullFor(error, form, info, path));
    } catch (error) {
      return this.#nullFor(error, form, info, path);
    }
  }

  #item(form: ValueForm, info: PlannedInfo, path: Path, item: unknown): unknown {
    try {
      const completed = isPromise(item)
        ? item.then((resolved) => this.#complete(form, info, path, resolved))
        : this.#complete(form, info, path, item);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => this.#nullFor(error, form, info, path));
    } catch (error) {
      return this.#nullFor(error, form, info, path);
    }
  }

  #abstract(
    form: Extract<ValueForm, { kind: 'abstract' }>,
    info: PlannedInfo,
    item: Path | null,
    value: unknown,
  ): unknown {
    const { type, objects } = form;
    const named: unknown = (type.resolveType ?? defaultTypeResolver)(value, this.#context, info, type);
    const complete = (name: unknown): unknown => {
      const object = typeof name === 'string' ? objects.get(name) : undefined;
      if (object === undefined) throw new Error(`Abstract type "${type.name}" was resolved to none of its types.`);
      return this.#object(object, info, item, value);
    };
    return isPromise(named) ? named.then(complete) : complete(named);
  }

  #object({ type, fields }: ObjectForm, info: PlannedInfo, item: Path | null, value: unknown): unknown {
    const path = item ?? info.path;
    if (type.isTypeOf == null) return this.#fields(fields, value, path);
    const is = type.isTypeOf(value, this.#context, info);
    const complete = (isOfType: boolean): unknown => {
      if (!isOfType) throw new Error(`Expected value of type "${type.name}".`);
      return this.#fields(fields, value, path);
    };
    return isPromise(is) ? is.then(complete) : complete(is);
  }
}
