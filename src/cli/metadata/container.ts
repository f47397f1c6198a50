import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { instantText } from '../credentials/assume.ts';
import type { KeptCredentials } from './kept-credentials.ts';
import { type Reply, refusal } from './reply.ts';

/** Where AWS_CONTAINER_CREDENTIALS_FULL_URI points. */
export const CONTAINER_PATH = '/credentials';

/**
 * Answers the container credentials endpoint to whoever has its token, which comes as the whole of the header Authorization.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function containerReply(
  request: IncomingMessage,
  token: string,
  credentials: KeptCredentials,
): Promise<Reply> {
  if (request.method !== 'GET') return refusal(405, 'MethodNotAllowed', 'only GET is answered here', { allow: 'GET' });
  const given = request.headersDistinct['authorization'] ?? [];
  if (given.length !== 1 || !isSame(given[0] ?? '', token)) {
    return refusal(401, 'Unauthorized', 'the header Authorization is not the token of this workload');
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration, sessionArn } = await credentials.get();
  return {
    status: 200,
    body: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: instantText(expiration),
      AccountId: sessionArn.split(':')[4] ?? '',
    },
  };
}

/** In constant time. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
