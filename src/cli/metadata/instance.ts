import type { IncomingMessage } from 'node:http';
import { instantText } from '../credentials/assume.ts';
import type { ImdsTokens } from './imds-tokens.ts';
import type { KeptCredentials } from './kept-credentials.ts';
import { type Reply, refusal } from './reply.ts';

const TOKEN_PATH = '/latest/api/token';
const PLACEMENT = '/latest/meta-data/placement/';
const ROLES = '/latest/meta-data/iam/security-credentials/';
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN = 'x-aws-ec2-metadata-token';
/** Seconds. */
const MAX_TTL = 21_600;

/** What the instance metadata service says. */
export interface InstanceMetadata {
  readonly tokens: ImdsTokens;
  readonly availabilityZone: string;
  readonly clock: () => number;
}

/**
 * Answers as IMDSv2: a token by PUT first, then everything with it. A request without a token (IMDSv1) is never answered.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export async function instanceReply(
  request: IncomingMessage,
  path: string,
  metadata: InstanceMetadata,
  credentials: KeptCredentials,
): Promise<Reply> {
  if (path === TOKEN_PATH) return tokenReply(request, metadata);
  if (request.method !== 'GET') return refusal(405, 'MethodNotAllowed', 'only GET is answered here', { allow: 'GET' });
  const given = request.headersDistinct[TOKEN] ?? [];
  if (given.length !== 1 || !metadata.tokens.isValid(given[0] ?? '', metadata.clock())) {
    return refusal(401, 'Unauthorized', `the header ${TOKEN} holds no valid token: PUT ${TOKEN_PATH} gives one`);
  }
  return metadataReply(path, metadata, credentials);
}

function tokenReply(request: IncomingMessage, { tokens, clock }: InstanceMetadata): Reply {
  if (request.method !== 'PUT') return refusal(405, 'MethodNotAllowed', 'only PUT is answered here', { allow: 'PUT' });
  const [text = '', ...more] = request.headersDistinct[TTL] ?? [];
  const seconds = /^\d{1,5}$/.test(text) && more.length === 0 ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_TTL) {
    return refusal(400, 'BadRequest', `the header ${TTL} must be a number from 1 to ${MAX_TTL}`);
  }
  return { status: 200, body: tokens.issue(clock() + seconds * 1000), headers: { [TTL]: text } };
}

async function metadataReply(path: string, metadata: InstanceMetadata, kept: KeptCredentials): Promise<Reply> {
  const { availabilityZone } = metadata;
  // botocore asks with a slash at the end, others without.
  const asked = path.replace(/\/$/, '');
  if (asked === `${PLACEMENT}availability-zone`) return { status: 200, body: availabilityZone };
  if (asked === `${PLACEMENT}region`) return { status: 200, body: availabilityZone.slice(0, -1) };
  if (`${asked}/` !== ROLES && !asked.startsWith(ROLES))
    return refusal(404, 'NotFound', 'there is nothing at this path');
  const { accessKeyId, secretAccessKey, sessionToken, expiration, sessionArn } = await kept.get();
  const roleName = sessionArn.split('/')[1] ?? '';
  if (`${asked}/` === ROLES) return { status: 200, body: roleName };
  if (asked !== ROLES + roleName) return refusal(404, 'NotFound', 'the instance has no role of this name');
  return {
    status: 200,
    body: {
      Code: 'Success',
      LastUpdated: instantText(metadata.clock()),
      Type: 'AWS-HMAC',
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: instantText(expiration),
    },
  };
}
