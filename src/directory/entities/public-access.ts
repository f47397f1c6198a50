import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import { publicAccessBlockOf } from '../apply/plan-account.ts';
import type { PublicAccessBlock } from '../document.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { touchingAccount } from './organizations.ts';
import type { BlockedPlace } from './resource-inputs.ts';
import { checkAccount, findResource, sayOf } from './resources.ts';

/** Null: none is configured from now on. */
async function configure(sql: WritingSql, place: BlockedPlace, settings: PublicAccessBlock | null): Promise<Made> {
  if ('accountId' in place) return configureAccount(sql, place.accountId, settings);
  const { resourceArn: arn } = place;
  const { service, accountId = '', resource = '' } = parseArn(arn) ?? {};
  const isBucket = accountId === '' && !resource.includes('/');
  if (service !== 's3' || !(isBucket || /^accesspoint\/[^/]+$/.test(resource))) {
    const why = `${arn} is neither a bucket nor an access point of S3`;
    throw new RolegateError('ValidationError', why, { field: 'resourceArn' });
  }
  const stored = await findResource(sql, arn);
  const said = { publicAccessBlock: settings, known: ['publicAccessBlock'] } as const;
  return sayOf(sql, stored, { arn, accountId: stored.accountId, ...said });
}

async function configureAccount(sql: WritingSql, accountId: string, settings: PublicAccessBlock | null): Promise<Made> {
  await checkAccount(sql, accountId);
  const block = publicAccessBlockOf(settings, null);
  const rows = await sql.query(
    `UPDATE "Account" SET "publicAccessBlock" = $2::text::jsonb
      WHERE id = $1 AND "publicAccessBlock" IS DISTINCT FROM $2::text::jsonb RETURNING id`,
    [accountId, block === null ? null : JSON.stringify(block)],
  );
  const account = touchingAccount(accountId);
  return { touched: rows.length === 0 ? [] : account, result: accountId, reads: account };
}

export function putPublicAccessBlock(
  sql: WritingSql,
  { publicAccessBlock, ...place }: BlockedPlace & { readonly publicAccessBlock: PublicAccessBlock },
): Promise<Made> {
  return configure(sql, place, publicAccessBlock);
}

export function deletePublicAccessBlock(sql: WritingSql, place: BlockedPlace): Promise<Made> {
  return configure(sql, place, null);
}
