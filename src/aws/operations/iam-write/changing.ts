import type { OperationName } from '../../../guard/operations.ts';
import type { ChangeInputs, EntityChanges } from '../../../session/entity-changes.ts';
import type { AwsContext, Given, Operation } from '../operation.ts';
import { type Names, performedOn } from './on-named.ts';

/** The guards' operations that change entities. */
type ChangeValues = { readonly [Name in keyof ChangeInputs as Capitalize<Name>]: true };

/**
 * One of IAM's operations that change entities, under its name, behind its guard. `inputOf`: the input of the change, with ARNs in
 * place of names. `outputOf`: its output, from the ARN or id of what was changed; left out: it has none.
 */
export function changing<Name extends keyof ChangeInputs, Input, Output = null>(
  name: Name,
  inputOf: (context: AwsContext, given: Given<Input>) => ChangeInputs[Name] | Promise<ChangeInputs[Name]>,
  outputOf?: (context: AwsContext, changed: string) => Promise<Output>,
): Operation<Input, Output | null> {
  // as: the guards' operations have the same names, and read values of the same names
  const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}` as OperationName & keyof ChangeValues;
  return async (context, given) => {
    const { sessions, caller, now, origin } = context;
    const changes: EntityChanges = sessions;
    const input = await inputOf(context, given);
    const values = input as never; // as: see above
    // as: the names that the inputs of these operations have
    const names = given as Names;
    const { names: changed } = await performedOn(context, names, operation, values, () =>
      changes[name](caller, input, now, origin),
    );
    return outputOf === undefined ? null : outputOf(context, changed[0] ?? '');
  };
}
