import { mayAsk } from '../../guard/checker.ts';
import type { GuardContext } from '../../guard/context.ts';
import { OPERATIONS, type OperationName, type OperationValues } from '../../guard/operations.ts';
import { type Performed, perform } from '../../guard/perform.ts';
import type { Reading } from '../../guard/readings.ts';
import { ALLOWED, type Ruling, signedIn } from '../../guard/ruling.ts';
import { type ArgumentReader, type ArgumentReaders, readValues } from './argument-reader.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** The guard between a field and its resolver. */
export type FieldGuard = QuestionGuard | OperationGuard;

/** The guard of a field that reads: whether the caller is allowed. */
interface QuestionGuard {
  readonly kind: 'question';
  /** The arguments that the guard reads. */
  readonly reads: Readonly<Record<string, ArgumentReader<unknown>>>;
  /** Whether the field is also answered without credentials. */
  readonly open: boolean;
  readonly rule: (context: GuardContext, args: Arguments, parent: unknown) => Ruling | Promise<Ruling>;
}

/** The guard of a mutation, which runs its resolver as an operation. */
interface OperationGuard {
  readonly kind: 'operation';
  readonly operation: OperationName;
  /** Whether the mutation is also performed without credentials. */
  readonly open: boolean;
  /** The fields of its input that the guard reads. */
  readonly reads: Readonly<Record<string, ArgumentReader<unknown>>>;
  readonly perform: <T>(context: GuardContext, args: Arguments, work: () => T | Promise<T>) => Promise<Performed<T>>;
}

const NOTHING = {};

/** Everybody is allowed, also without credentials. */
export const ANYBODY: FieldGuard = { kind: 'question', reads: NOTHING, open: true, rule: () => ALLOWED };
/** Principals and the operator are allowed. */
export const SIGNED_IN: FieldGuard = { kind: 'question', reads: NOTHING, open: false, rule: signedIn };
/** Whether the caller, also a checker, may ask is decided together with the question, in the same batch: see guard/ask.ts. */
export const ASKING: FieldGuard = { kind: 'question', reads: NOTHING, open: false, rule: mayAsk };

/** A field that asks by its arguments, on any object. */
export function asks<Values>(
  readers: ArgumentReaders<Values>,
  rule: (context: GuardContext, values: Values) => Ruling | Promise<Ruling>,
): FieldGuard {
  return {
    kind: 'question',
    reads: readers,
    open: false,
    rule: (context, args) => rule(context, readValues(readers, args)),
  };
}

/** A field that reads a part of its object. `entityOf` takes the same parent as the type's own resolvers. */
export function reads<Entity>(reading: Reading<Entity>, entityOf: (parent: never) => Entity): FieldGuard {
  return {
    kind: 'question',
    reads: NOTHING,
    open: false,
    // as: the parent has the type that `entityOf` takes
    rule: (context, _args, parent) => reading(context, entityOf(parent as never)),
  };
}

/** A mutation that is an operation. `readers` read the values for its guard from its input. */
export function performs<Name extends OperationName>(
  operation: Name,
  readers: ArgumentReaders<OperationValues[Name]>,
): FieldGuard {
  return {
    kind: 'operation',
    operation,
    open: OPERATIONS[operation].caller === 'anybody',
    reads: readers,
    // as: an input is an object; a mutation that gives its guard nothing need have none
    perform: (context, args, work) =>
      perform(context, operation, readValues(readers, (args['input'] ?? NOTHING) as Arguments), work),
  };
}
