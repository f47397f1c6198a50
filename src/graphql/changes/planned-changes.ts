import { FailedChange } from '../../directory/entities/make-changes.ts';
import type { OperationOf } from '../../guard/perform.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { targetOf } from '../../session/entity-changes.ts';
import { readValues } from '../guards/argument-reader.ts';
import { MUTATION_GUARDS } from '../guards/mutations.ts';
import { type AskedChange, askedChange, type GivenChange } from './directory-change.ts';

/** A change with what its guard needs. */
export interface PlannedChange extends AskedChange {
  readonly operation: OperationOf;
}

/**
 * A list of changes, each with its own guard. All are decided before any is made, and as things are then, but with the permissions
 * boundary that the list itself has given to an entity by then. Throws FailedChange for a change of what an earlier one deletes: what
 * has its name afterwards is something else, and nothing could be said about it before.
 */
export function plannedChanges(given: readonly GivenChange[]): readonly PlannedChange[] {
  const deleted = new Set<string>();
  const boundaries = new Map<string, string | null>();
  return given.map((one, index) => {
    const asked = askedChange(one);
    const target = targetOf(asked.request);
    if (deleted.has(target)) {
      const why = `\`${target}\` is deleted by an earlier change of the list: changes of what has this name then are a list of their own`;
      throw new FailedChange(index, new InvalidInput(`changes[${index}].${asked.name}`, why));
    }
    const planned = { ...asked, operation: operationOf(asked, boundaries.get(target)) };
    const boundary = boundaryAfter(asked);
    if (boundary !== undefined) boundaries.set(target, boundary);
    if (isDeletion(asked)) deleted.add(target);
    return planned;
  });
}

const ENTITY_DELETION = /^delete(?!.*(?:Policy|Boundary|Version)$)/;

/** Whether what it is about is gone afterwards. */
function isDeletion({ name }: AskedChange): boolean {
  return ENTITY_DELETION.test(name);
}

/** The boundary that what it is about has afterwards; undefined: the one that it had. */
function boundaryAfter({ name, given }: AskedChange): string | null | undefined {
  if (/^delete.*PermissionsBoundary$/.test(name)) return null;
  const { permissionsBoundary } = given;
  if (typeof permissionsBoundary === 'string') return permissionsBoundary;
  return name.startsWith('create') ? null : undefined;
}

function operationOf({ name, given }: AskedChange, boundary: string | null | undefined): OperationOf {
  const guard = MUTATION_GUARDS[`Mutation.${name}`];
  if (guard?.kind !== 'operation') throw new Error(`the mutation \`${name}\` has no operation`);
  const values = readValues(guard.reads, given);
  // as: its own guard's values
  return { name: guard.operation, values: { ...(boundary !== undefined && { boundary }), ...values } } as OperationOf;
}
