import { InvalidInput, RolegateError } from '../policy/errors.ts';
import type { DecideTools } from './together.ts';

/** Attempts of a question if the services of applications change meanwhile. */
const ATTEMPTS = 5;

/**
 * Asks with the catalogue of one revision, from the first look-up to the last: it asks again where the services of applications have
 * changed on the way. A name that is not known may have come with a revision that this process has not read yet. Throws CONFLICT
 * when they keep changing.
 */
export async function onOneCatalog<T>(tools: DecideTools, ask: (tools: DecideTools) => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const catalog = tools.catalog.now;
    try {
      const answer = await ask({ ...tools, catalog });
      if (tools.catalog.now === catalog) return answer;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      await tools.directory.revision();
      if (tools.catalog.now === catalog) throw error;
    }
  }
  throw new RolegateError('CONFLICT', 'the services of applications kept changing meanwhile; try again');
}
