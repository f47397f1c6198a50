import { parseRevision } from '../directory/revision-text.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { isList, isObject, type JsonObject, type JsonValue } from '../policy/json.ts';
import type { Door } from './door.ts';
import { memberOf } from './entities.ts';

const PLACE = 'context.atLeast';

/**
 * Waits until nothing that is answered is older than `context.atLeast` of the request and of its evaluations, revisions as in
 * `context.revision` of answers. Throws InvalidInput for what is none, or is from before a restore, and RevisionNotReached.
 */
export async function reachAtLeast({ context }: Door, body: JsonObject): Promise<void> {
  let greatest = atLeastOf(body);
  const list = memberOf(body, 'evaluations');
  if (isList(list)) {
    for (const item of list) {
      const each = atLeastOf(item);
      if (each !== null && (greatest === null || each > greatest)) greatest = each;
    }
  }
  if (greatest === null) return;
  try {
    await context.directory.history.reach(greatest);
  } catch (error) {
    if (!(error instanceof RolegateError) || error.code !== 'CONFLICT') throw error;
    throw new InvalidInput(PLACE, `\`${PLACE}\`: ${error.message}`, { cause: error });
  }
}

/** Null: it says none. What else is wrong with the members is said elsewhere. */
function atLeastOf(item: JsonValue): bigint | null {
  const said = isObject(item) ? memberOf(item, 'context') : undefined;
  const text = said !== undefined && isObject(said) ? memberOf(said, 'atLeast') : undefined;
  if (text === undefined) return null;
  const revision = typeof text === 'string' ? parseRevision(text) : null;
  if (revision === null)
    throw new InvalidInput(PLACE, `\`${PLACE}\` must be a revision that this gateway has returned`);
  return revision;
}
