import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import { malformed } from './malformed.ts';

/** What the scalar reads from `me`. It knows no caller: `principalsIn` finds it before a guard or resolver uses it. */
export const ME: PrincipalRef = Object.freeze({}) as never; // as: stands for a principal until then

/** Where in the arguments of a field principals are: names, and `[]` for the entries of a list. */
type Path = readonly string[];

const ENTRIES = '[]';

/** The places of principals in arguments. An input that contains itself has none below itself. */
export function principalPaths(
  given: readonly (GraphQLArgument | GraphQLInputField)[],
  within: readonly GraphQLInputType[] = [],
): readonly Path[] {
  return given.flatMap(({ name, type }) => pathsOf(type, within).map((path) => [name, ...path]));
}

function pathsOf(type: GraphQLInputType, within: readonly GraphQLInputType[]): readonly Path[] {
  if (isNonNullType(type)) return pathsOf(type.ofType, within);
  if (isListType(type)) return pathsOf(type.ofType, within).map((path) => [ENTRIES, ...path]);
  if (isScalarType(type)) return type.name === 'PrincipalId' ? [[]] : [];
  if (!isInputObjectType(type) || within.includes(type)) return [];
  return principalPaths(Object.values(type.getFields()), [...within, type]);
}

/** The arguments with the caller in place of `me`; the same object if nobody is called so. */
export function withCaller<T>(args: T, paths: readonly Path[], caller: Caller): T {
  let changed: unknown = args;
  for (const path of paths) changed = replaced(changed, path, 0, caller);
  return changed as T; // as: only values of one scalar differ
}

function replaced(value: unknown, path: Path, at: number, caller: Caller): unknown {
  if (at === path.length) return value === ME ? principalOf(caller) : value;
  if (typeof value !== 'object' || value === null) return value;
  const name = path[at] ?? '';
  if (name === ENTRIES && Array.isArray(value)) {
    let copy: unknown[] | null = null;
    for (let index = 0; index < value.length; index += 1) {
      const one = replaced(value[index], path, at + 1, caller);
      if (one === value[index]) continue;
      copy ??= value.slice();
      copy[index] = one;
    }
    return copy ?? value;
  }
  const before = (value as Readonly<Record<string, unknown>>)[name]; // as: an input object
  const after = replaced(before, path, at + 1, caller);
  return after === before ? value : { ...value, [name]: after };
}

function principalOf(caller: Caller): PrincipalRef {
  switch (caller.kind) {
    case 'principal':
      return caller.ref;
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'operator':
    case 'checker': {
      const who = caller.kind === 'operator' ? 'the operator' : 'a checker';
      return malformed(`\`me\` is the caller, and ${who} is not a principal of IAM: name the principal`);
    }
    default:
      return caller satisfies never;
  }
}
