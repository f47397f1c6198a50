import type { InputRef } from '@pothos/core';
import type { ChangeInputs, ChangeName, ChangeRequest } from '../../session/entity-changes.ts';
import { builder } from '../builder.ts';

/** A change as a mutation takes it. */
interface Registered<Name extends ChangeName, Given> {
  readonly type: InputRef<Given>;
  /** The change's input, from the one of the schema. */
  readonly changeOf: (input: Given) => ChangeInputs[Name];
}

const registered = new Map<ChangeName, Registered<ChangeName, unknown>>();

/** Makes a change one of those that `DirectoryChangeInput` takes, under the name of its mutation. */
export function registerChange<Name extends ChangeName, Given>(name: Name, change: Registered<Name, Given>): void {
  registered.set(name, change as unknown as Registered<ChangeName, unknown>); // as: it gets what its type has read
}

/** Exactly one of its fields is given: the schema sees to it. */
export type GivenChange = { readonly [Name in ChangeName]?: object | null | undefined };

/** Any one change of the directory, as its mutation takes it: there is a field for each that is registered. */
export const DirectoryChangeInput = builder.inputRef<GivenChange>('DirectoryChangeInput').implement({
  isOneOf: true,
  description: 'One change of the directory: the name of its mutation, with the `input` of that mutation',
  fields: (t) =>
    Object.fromEntries(
      [...registered].map(([name, { type }]) => [name, t.field({ type, description: `The \`input\` of \`${name}\`` })]),
    ) as never, // as: a field of each name, all of them optional
});

/** A change as it was asked for. */
export interface AskedChange {
  readonly name: ChangeName;
  /** The input of its mutation, for the guard. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly request: ChangeRequest;
}

/** What a `DirectoryChangeInput` asks for. */
export function askedChange(given: GivenChange): AskedChange {
  for (const [name, { changeOf }] of registered) {
    const input = given[name];
    if (input == null) continue;
    // as: an input object; the name and the input belong together
    return { name, given: { ...input }, request: { name, input: changeOf(input) } as ChangeRequest };
  }
  throw new Error('a change without a name');
}
