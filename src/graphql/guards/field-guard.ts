import type { GuardContext } from '../../guard/context.ts';
import { OPERATIONS, type OperationName, type OperationValues } from '../../guard/operations.ts';
import { type Performed, perform } from '../../guard/perform.ts';
import type { Reading } from '../../guard/readings.ts';
import { ALLOWED, type Ruling, signedIn } from '../../guard/ruling.ts';
import { type ArgumentReader, type ArgumentReaders, readValues } from './argument-reader.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** What stands between a field and its resolver. */
export type FieldGuard = QuestionGuard | OperationGuard;

/** Of a field that reads: whether the caller may. */
interface QuestionGuard {
  readonly kind: 'question';
  /** The arguments that it reads. */
  readonly reads: Readonly<Record<string, ArgumentReader<unknown>>>;
  /** Whether it is answered without credentials as well. */
  readonly open: boolean;
  readonly rule: (context: GuardContext, args: Arguments, parent: unknown) => Ruling | Promise<Ruling>;
}

/** Of a mutation: what runs its resolver as an operation. */
interface OperationGuard {
  readonly kind: 'operation';
  readonly operation: OperationName;
  /** Whether it is performed without credentials as well. */
  readonly open: boolean;
  /** The fields of its input that it reads. */
  readonly reads: Readonly<Record<string, ArgumentReader<unknown>>>;
  readonly perform: <T>(context: GuardContext, args: Arguments, work: () => T | Promise<T>) => Promise<Performed<T>>;
}

const NOTHING = {};

/** Also without credentials. */
export const ANYBODY: FieldGuard = { kind: 'question', reads: NOTHING, open: true, rule: () => ALLOWED };
/** What may be asked about whom is decided where the question is asked, in one batch with it: see guard/ask.ts. */
export const SIGNED_IN: FieldGuard = { kind: 'question', reads: NOTHING, open: false, rule: signedIn };

/** A field that asks something by its arguments, whatever object it stands on. */
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

/** A field that reads something of the object that it stands on. `entityOf` takes what the type's own resolvers take. */
export function reads<Entity>(reading: Reading<Entity>, entityOf: (parent: never) => Entity): FieldGuard {
  return {
    kind: 'question',
    reads: NOTHING,
    open: false,
    // as: of the type that `entityOf` takes
    rule: (context, _args, parent) => reading(context, entityOf(parent as never)),
  };
}

/** A mutation that is an operation. `readers`: how what its guard has to know is read out of its input. */
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
