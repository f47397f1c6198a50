import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { perform } from '../guard/perform.ts';
import { UPLOAD_LIMITS } from './limits.ts';
import { UploadFolders } from './uploads/upload-folders.ts';
import type { UploadPlace } from './uploads/upload-route.ts';

const OPERATION = 'ImportDirectory';

/** Multipart requests are for one mutation: who may not make it is refused before the body, and the audit trail says so. */
export function uploadPlace(
  dataDir: string,
  contextOf: (facts: RequestFacts, request: object) => GatewayContext,
): UploadPlace {
  return {
    folders: new UploadFolders(dataDir),
    limits: UPLOAD_LIMITS,
    refuse: async (facts, request) => {
      const { watch, ...unwatched } = contextOf(facts, request);
      const { kind } = await perform(unwatched, OPERATION, {}, () => null);
      // Whether it is done shows when the mutation is performed; a refusal is the end of it.
      if (kind === 'done') return null;
      if (kind !== 'sessionEnded') watch?.performed(OPERATION, 'refused');
      const message = 'only the operator may perform `importDirectory`, and multipart requests are for nothing else';
      return { status: 403, code: 'FORBIDDEN', message };
    },
  };
}
