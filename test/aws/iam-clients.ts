import { IAMClient } from '@aws-sdk/client-iam';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { TestGateway } from '../support/gateway.ts';

/** A client of AWS's SDK with the long-term key `keyId`. */
export function iamClient({ url, gateway }: TestGateway, keyId: string): IAMClient {
  return new IAMClient({
    endpoint: `${url}/aws`,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: keyId, secretAccessKey: gateway.services.secrets.secretFor(keyId) },
  });
}

let keys = 0;

/** The id of a key that no test had before. */
export function nextKeyId(): string {
  keys += 1;
  const letters = String(keys).replace(/\d/g, (digit) => 'ABCDEFGHIJ'[Number(digit)] ?? '');
  return `AKIA${letters.padStart(16, 'T')}`;
}

/** A user who may do this, with a key. */
export function userWhoMay(
  name: string,
  keyId: string,
  statements: readonly object[],
  accountId = '111111111111',
): DirectoryDocument {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const createdAt = '2024-05-06T07:08:09Z';
  return {
    users: [{ arn, createdAt, inlinePolicies: [{ name: 'May', document }] }],
    accessKeys: [{ id: keyId, user: arn }],
  };
}

/** An answer without what the SDK knows of the exchange. */
export function answered<T extends { readonly $metadata: object }>({ $metadata: _exchange, ...answer }: T) {
  return answer;
}
