import { isDeepStrictEqual } from 'node:util';
import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { OidcProviderInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import { createdAtOf } from './instant.ts';
import type { StoredProvider } from './stored.ts';

const TYPE = 'oidc-provider/';

/** The account and partition in the ARN of an OpenID Connect provider. Throws InvalidInput when `arn` is none. */
export function providerName(arn: string): { readonly accountId: string; readonly partition: string } {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'iam' || !parsed.resource.startsWith(TYPE) || !isAccountId(parsed.accountId)) {
    throw new InvalidInput('document', `\`${arn}\` is not the ARN of an OpenID Connect provider`);
  }
  return parsed;
}

/** An OpenID Connect provider. AWS gives its keys to nobody: a new one whose keys do not come with it accepts no token. */
export function planOidcProvider(
  input: OidcProviderInput,
  stored: StoredProvider | null,
  now: number,
  changes: ChangeSet,
): void {
  const { arn, url, jwks } = input;
  const where = `OpenID Connect provider ${arn}`;
  const { accountId } = providerName(arn);
  if (!/^https:\/\/./.test(url)) throw new InvalidInput('document', `${where}: its URL \`${url}\` is not https://…`);
  const row: StoredProvider = {
    arn,
    accountId,
    url,
    // A client id twice says no more than once.
    clientIds: [...new Set(input.clientIds)],
    jwks: jwks ?? stored?.jwks ?? { keys: [] },
    createdAt: createdAtOf(input.createdAt, stored?.createdAt, where) ?? now,
  };
  const changed = !(stored !== null && isDeepStrictEqual(sorted(row), sorted(stored)));
  changes.counts.add(accountId, 'oidcProviders', outcomeOf(stored, changed));
  if (!changed) return;
  changes.upsert('OidcProvider', { ...row, createdAt: toIso(row.createdAt) });
  changes.touch('OidcProvider', arn);
}

/** The order of client ids means nothing. */
function sorted(row: StoredProvider): StoredProvider {
  return { ...row, clientIds: row.clientIds.toSorted() };
}
