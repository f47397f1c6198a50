import { inTurn } from './batches.ts';
import type { ChangeSet } from './change-set.ts';
import { type EntityKind, freeId, isMadeId, nounOf } from './entity-arn.ts';
import { ManyTexts } from './many-texts.ts';
import type { StoredEntity } from './stored.ts';

/** An entity of the document with its new id and its stored row. */
export interface Resolved<S extends StoredEntity> {
  readonly id: string;
  /** Null: there is no such row, or it belongs to an entity of that name that has been deleted since. */
  readonly stored: S | null;
  /** Whether the stored row had another id or another ARN. */
  readonly renamed: boolean;
  /** The id of an entity that had this name before. */
  readonly replaces: string | null;
}

/** What is known beside the document and the stored rows. */
export interface ResolveTools {
  readonly changes: ChangeSet;
  /** Seeds generated ids. */
  readonly salt: string;
  /** ARNs that a whole list no longer contains, with their ids. An entity that goes on under another ARN is taken out. */
  readonly gone: Map<string, string>;
}

/**
 * Gives every entity its unique id: the one that came with it, unless another ARN holds that. A name that comes back
 * with another id is another entity: the old one was deleted with everything that depended on it. An id whose former name
 * is gone is the same entity, renamed (iam:UpdateUser, iam:UpdateGroup).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export async function resolveIds<S extends StoredEntity>(
  kind: EntityKind,
  inputs: readonly { readonly arn: string; readonly id?: string }[],
  rows: readonly S[],
  tools: ResolveTools,
): Promise<ReadonlyMap<string, Resolved<S>>> {
  const { changes, salt, gone } = tools;
  const byArn = new ManyTexts<S>();
  const holders = new ManyTexts<string>();
  await inTurn(rows, (row) => {
    byArn.set(row.arn, row);
    holders.set(row.id, row.arn);
  });
  const resolved = new ManyTexts<Resolved<S>>();
  await inTurn(inputs, ({ arn, id: given }) => {
    const stored = byArn.get(arn) ?? null;
    const holder = given === undefined ? arn : (holders.get(given) ?? arn);
    const movable = holder !== arn && (kind === 'User' || kind === 'Group');
    const former = movable && gone.delete(holder) ? (byArn.get(holder) ?? null) : null;
    if (holder !== arn && former === null) {
      changes.warn(
        `${nounOf(kind)} ${arn}: its unique id \`${String(given)}\` is that of ${holder}; it gets another one`,
      );
    }
    const usable = holder === arn || former !== null ? given : undefined;
    const made = (): string => freeId(kind, arn, salt, (id) => (holders.get(id) ?? arn) !== arn);
    const result =
      former === null
        ? resolveOne(kind, arn, usable, stored, changes, made)
        : moved(kind, arn, former, stored, changes);
    holders.set(result.id, arn);
    resolved.set(arn, result);
  });
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
  const kept = { stored, renamed: false, replaces: null };
  if (stored === null) return { ...kept, id: given ?? made() };
  if (given === undefined || given === stored.id) return { ...kept, id: stored.id };
  changes.touch(kind, arn);
  // A true id replaces a generated one. A policy keeps its attachments: AWS deletes no attached policy.
  if (kind === 'ManagedPolicy' || isMadeId(kind, arn, stored.id)) {
    changes.rename(kind, { from: stored.id, to: given });
    const replaces = isMadeId(kind, arn, stored.id) ? null : stored.id;
    return { id: given, stored: { ...stored, id: given }, renamed: true, replaces };
  }
  changes.delete(kind, { id: stored.id });
  return { id: given, stored: null, renamed: false, replaces: stored.id };
}

/** `former` is the row of the entity under its former name; `stored` that of another one, which had the new name. */
function moved<S extends StoredEntity>(
  kind: EntityKind,
  arn: string,
  former: S,
  stored: S | null,
  changes: ChangeSet,
): Resolved<S> {
  changes.touch(kind, former.arn);
  changes.touch(kind, arn);
  if (stored !== null) changes.delete(kind, { id: stored.id });
  return { id: former.id, stored: former, renamed: true, replaces: stored?.id ?? null };
}
