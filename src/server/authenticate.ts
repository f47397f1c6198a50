import { RolegateError } from '../policy/errors.ts';
import { AuthenticationError } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Authenticate } from './graphql-route.ts';

/**
 * Sign-in by the Authorization header. An empty one is none: that is what GraphiQL sends before somebody has pasted
 * credentials. The challenge names Bearer alone, though Basic is taken too: a browser that reads `Basic` asks for a
 * password in a window of its own.
 */
export function authenticateWith(sessions: Pick<Sessions, 'authenticate'>): Authenticate {
  return async (authorization, now) => {
    try {
      return await sessions.authenticate(
        authorization === undefined || authorization === '' ? null : authorization,
        now,
      );
    } catch (error) {
      if (error instanceof AuthenticationError) {
        return {
          status: 401,
          code: 'UNAUTHENTICATED',
          message: error.message,
          extensions: { awsCode: error.code },
          headers: { 'www-authenticate': 'Bearer realm="rolegate", error="invalid_token"' },
        };
      }
      if (error instanceof RolegateError && error.code === 'DIRECTORY_UNAVAILABLE') {
        return { status: 503, code: error.code, message: error.message, headers: { 'retry-after': '1' } };
      }
      throw error;
    }
  };
}
