import { RolegateError } from '../policy/errors.ts';
import { UnknownName } from './names.ts';
import { type PageRequest, type SearchAnswer, searchAnswer } from './page.ts';

/**
 * The answer of a search; for names that mean nothing, nothing is found, and the answer says why. A subject that is not there and one
 * that the caller may not ask about find the same: nothing, without a reason.
 */
export async function nothingIfUnknown<Result>(
  page: PageRequest,
  search: () => Promise<SearchAnswer<Result>>,
): Promise<SearchAnswer<Result>> {
  try {
    return await search();
  } catch (error) {
    const nothing = { next: null, total: 0 };
    if (error instanceof UnknownName) return searchAnswer(page, [], nothing, { reason: error.message });
    if (isOfSubject(error)) return searchAnswer(page, [], nothing);
    throw error;
  }
}

/** Whether a subject is not there, or may not be asked about. */
export function isOfSubject(error: unknown): boolean {
  return error instanceof RolegateError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN');
}
