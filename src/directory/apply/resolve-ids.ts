import type { ChangeSet } from './change-set.ts';
import { type EntityKind, freeId, isMadeId, nounOf } from './entity-arn.ts';
import type { StoredEntity } from './stored.ts';

/** An entity of the document with its new id and its stored row. */
export interface Resolved<S extends StoredEntity> {
  readonly id: string;
  /** Null: there is no such row, or it belongs to an entity of that name that has been deleted since. */
  readonly stored: S | null;
  /** The id of that deleted entity. */
  readonly replaces: string | null;
}

/**
 * Gives every entity its unique id: the one that came with it, unless another ARN holds that. A name that comes back
 * with another id is another entity: the old one was deleted with everything that depended on it. `salt`: seeds generated ids.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function resolveIds<S extends StoredEntity>(
  kind: EntityKind,
  inputs: readonly { readonly arn: string; readonly id?: string }[],
  rows: readonly S[],
  changes: ChangeSet,
  salt: string,
): ReadonlyMap<string, Resolved<S>> {
  const byArn = new Map(rows.map((row) => [row.arn, row]));
  const holders = new Map(rows.map((row) => [row.id, row.arn]));
  const resolved = new Map<string, Resolved<S>>();
  for (const { arn, id: given } of inputs) {
    const stored = byArn.get(arn) ?? null;
    const holder = given === undefined ? arn : (holders.get(given) ?? arn);
    if (holder !== arn) {
      changes.warn(
        `${nounOf(kind)} ${arn}: its unique id \`${String(given)}\` is that of ${holder}; it gets another one`,
      );
    }
    const usable = holder === arn ? given : undefined;
    const made = (): string => freeId(kind, arn, salt, (id) => (holders.get(id) ?? arn) !== arn);
    const result = resolveOne(kind, arn, usable, stored, changes, made);
    holders.set(result.id, arn);
    resolved.set(arn, result);
  }
  return resolved;
}

function resolveOne<S extends StoredEntity>(
  kind: EntityKind,
  arn: string,
  given: string | undefined,
  stored: S | null,
  changes: ChangeSet,
  made: () => string,
): Resolved<S> {
  if (stored === null) return { id: given ?? made(), stored, replaces: null };
  if (given === undefined || given === stored.id) return { id: stored.id, stored, replaces: null };
  changes.touch(kind, arn);
  // A true id replaces a generated one. A policy keeps its attachments: AWS deletes no attached policy.
  if (kind === 'ManagedPolicy' || isMadeId(kind, arn, stored.id)) {
    changes.rename(kind, { from: stored.id, to: given });
    const replaces = isMadeId(kind, arn, stored.id) ? null : stored.id;
    return { id: given, stored: { ...stored, id: given }, replaces };
  }
  changes.delete(kind, { id: stored.id });
  return { id: given, stored: null, replaces: stored.id };
}
