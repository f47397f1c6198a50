import { previewChange } from '../../access/previews/preview-change.ts';
import type { PreviewedChange } from '../../access/previews/previewed.ts';
import { sha256 } from '../../directory/apply/change-set.ts';
import { type Preview, StateHasMoved } from '../../directory/previews/preview.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { previewScope } from '../../guard/preview-scope.ts';
import { RolegateError } from '../../policy/errors.ts';
import { OF_PREVIEW } from '../../session/entity-changes.ts';
import { optionsIn } from '../changes/change-arguments.ts';
import type { GivenChange } from '../changes/directory-change.ts';
import { performChanges } from '../changes/perform-changes.ts';
import type { GatewayContext } from '../context.ts';
import { inTurn } from '../in-turn.ts';

/** Tries, in case others change the directory all the time. */
const ATTEMPTS = 5;
/** Of an action with its terms. */
const BYTES_OF_DIFFERENCE = 2_000;

/** Changes that were tried, and what they would do. */
export interface Previewed {
  readonly preview: Preview;
  readonly found: PreviewedChange;
}

/**
 * Tries changes if the caller is allowed all of them, and finds what they would do to everybody whom the caller may ask about. Throws
 * as `performChanges`. Refusals and failures are in the audit trail.
 */
export async function previewed(context: GatewayContext, changes: readonly GivenChange[]): Promise<Previewed> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await previewOnce(context, changes);
    } catch (error) {
      if (!(error instanceof StateHasMoved)) throw error;
    }
  }
  throw new RolegateError('CONFLICT', 'the directory kept changing while the changes were tried; try again');
}

async function previewOnce(context: GatewayContext, changes: readonly GivenChange[]): Promise<Previewed> {
  const { access, catalog, directory, work, sessions, caller, now, origin } = context;
  let asked = '';
  const preview = await performChanges(
    context,
    changes,
    (requests, about) => {
      asked = sha256(JSON.stringify(requests));
      return sessions.previewChanges(caller, requests, now, origin, optionsIn(context, about, {}));
    },
    OF_PREVIEW,
  );
  const tools = { directory, catalog, actions: access.assumptionActions, work };
  const find = (): Promise<PreviewedChange> => previewChange(tools, preview, previewScope(context), now);
  // What others may be told is looked up for each page: it may be less than for the page before.
  if (caller.kind !== 'operator') return { preview, found: await inTurn(context, find) };
  const search = {
    asked: ['previewChange', asked],
    // What does not depend on the time is the same for the first page, too.
    isNextPage: true,
    bytesOf: ({ accesses, dependsOnTime }: PreviewedChange) =>
      dependsOnTime
        ? null
        : accesses.reduce((sum, { differences }) => sum + BYTES_OF_DIFFERENCE * (1 + differences.length), 0),
    find: async (before: PreviewedChange | null) => before ?? find(),
  };
  return { preview, found: await inTurn(context, () => foundForPage(context, search)) };
}
