import type { Question } from '../access/question.ts';
import { resolveSubject } from '../access/subject.ts';
import type { Gathered } from '../directory/directory.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import { RolegateError } from '../policy/errors.ts';
import { AuthenticationError } from './errors.ts';
import type { SessionTools } from './session-tools.ts';

/** The maker of a session, as itself. Throws AuthenticationError if it was deleted since it signed in. */
export function callersPermissions(
  { actions }: SessionTools,
  question: Question,
  gathered: Gathered,
  now: number,
): PreparedPrincipal {
  try {
    return resolveSubject(question, gathered, actions, now).own;
  } catch (error) {
    if (!(error instanceof RolegateError) || error.code !== 'NOT_FOUND') throw error;
    throw new AuthenticationError('InvalidClientTokenId', { cause: error });
  }
}
