import type { Subject } from './question.ts';

/** Seconds. A chained session lasts an hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
export const MAX_CHAINED_SECONDS = 3600;

/**
 * Called with temporary credentials: those of a role session, and those that sts:GetSessionToken made, of which AWS's guide
 * does not speak. Observed: https://github.com/mmmorris1975/aws-runas/issues/11, https://github.com/99designs/aws-vault/issues/263
 */
export function isChained({ heldSession = null, heldKeySession = null }: Subject): boolean {
  return heldSession !== null || heldKeySession?.kind === 'SESSION_TOKEN';
}
