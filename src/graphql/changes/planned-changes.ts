import { FailedChange } from '../../directory/entities/failed-change.ts';
import { renamedArn } from '../../directory/entities/new-entity.ts';
import type { OperationOf } from '../../guard/perform.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { boundaryAfter, namesPassedOn, targetOf } from '../../session/entity-changes.ts';
import type { GatewayContext } from '../context.ts';
import { readValues } from '../guards/argument-reader.ts';
import { MUTATION_GUARDS } from '../guards/mutations.ts';
import { type AskedChange, askedChange, type GivenChange } from './directory-change.ts';

/** A change with what its guard needs. */
export interface PlannedChange extends AskedChange {
  readonly operation: OperationOf;
}

/**
 * A list of changes, each with its own guard. All are decided before any is made, and as things are then, but with the permissions
 * boundary that the list itself has given to an entity by then. Throws FailedChange for a change of what an earlier one deletes or
 * renames: what has its name afterwards is something else, and nothing could be said about it before.
 */
export async function plannedChanges(
  given: readonly GivenChange[],
  context: GatewayContext,
): Promise<readonly PlannedChange[]> {
  const passed = new Set<string>();
  const boundaries = new Map<string, string | null>();
  const planned: PlannedChange[] = [];
  for (const [index, one] of given.entries()) {
    await context.work.turn();
    const asked = await askedChange(one, context);
    const target = targetOf(asked.request);
    if (passed.has(looksUp(target))) {
      const why = `\`${target}\` is deleted or renamed by an earlier change of the list: changes of what has this name then are a list of their own`;
      throw new FailedChange(index, new InvalidInput(`changes[${index}].${asked.name}`, why));
    }
    planned.push({ ...asked, operation: operationOf(asked, boundaries.get(target)) });
    const boundary = boundaryAfter(asked.request);
    if (boundary !== undefined) boundaries.set(target, boundary);
    for (const name of namesPassedOn(asked.request)) passed.add(looksUp(name));
  }
  return planned;
}

/** A name as it is looked up: IAM's names differ in neither case nor path. */
function looksUp(target: string): string {
  return /^arn:[^:]*:iam:/.test(target) ? renamedArn(target, { path: '/' }).toLowerCase() : target;
}

function operationOf({ name, given }: AskedChange, boundary: string | null | undefined): OperationOf {
  const guard = MUTATION_GUARDS[`Mutation.${name}`];
  if (guard?.kind !== 'operation') throw new Error(`the mutation \`${name}\` has no operation`);
  const values = readValues(guard.reads, given);
  // as: its own guard's values
  return { name: guard.operation, values: { ...(boundary !== undefined && { boundary }), ...values } } as OperationOf;
}
