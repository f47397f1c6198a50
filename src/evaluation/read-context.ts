import type { ContextKey, ContextValue } from '../policy/context-key.ts';
import { type ContextForm, emptyForm, MAX_NAMES } from './context-form.ts';
import type { RequestContext } from './request.ts';

/** A context whose values are found by the number of their key: a Map of them takes four times the memory and the time. */
export class ReadContext implements ReadonlyMap<string, ContextValue> {
  declare private readonly form: ContextForm;
  /** In the order of the form. */
  declare private readonly list: readonly ContextValue[];

  constructor(form: ContextForm, values: readonly ContextValue[]) {
    this.form = form;
    this.list = values;
  }

  /** The value of a key that a policy names. */
  of(key: ContextKey): ContextValue | undefined {
    const place = this.form.placeOf(key);
    return place < 0 ? undefined : this.list[place];
  }

  get size(): number {
    return this.form.names.length;
  }

  get(name: string): ContextValue | undefined {
    const place = this.form.names.indexOf(name);
    return place < 0 ? undefined : this.list[place];
  }

  has(name: string): boolean {
    return this.form.names.includes(name);
  }

  keys(): MapIterator<string> {
    return this.asMap().keys();
  }

  values(): MapIterator<ContextValue> {
    return this.asMap().values();
  }

  entries(): MapIterator<[string, ContextValue]> {
    return this.asMap().entries();
  }

  [Symbol.iterator](): MapIterator<[string, ContextValue]> {
    return this.entries();
  }

  forEach(call: (value: ContextValue, name: string, map: ReadonlyMap<string, ContextValue>) => void): void {
    for (const [name, value] of this) call(value, name, this);
  }

  private asMap(): ReadonlyMap<string, ContextValue> {
    return new Map(this.form.names.map((name, i) => [name, this.list[i] ?? '']));
  }
}

/** The same context in the form that is read fastest. */
export function readContext(context: RequestContext): RequestContext {
  if (context instanceof ReadContext || context.size > MAX_NAMES) return context;
  let form = emptyForm();
  const values: ContextValue[] = [];
  for (const [name, value] of context) {
    const next = form.with(name);
    // Names that differ in their case alone are not those of a context: it stays as it is.
    if (next === null) return context;
    form = next;
    values.push(value);
  }
  return new ReadContext(form, values.slice());
}
