import { isDeepStrictEqual } from 'node:util';
import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { StoredResource } from '../apply/stored.ts';
import type { KmsGrantInput } from '../document.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { ChangeTools, Made } from './change-of.ts';
import type { NewGrant } from './resource-inputs.ts';
import { findResource, sayOf, touchingResource } from './resources.ts';
import { firstMissing } from './trust-principals.ts';

/** Grants of a key. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const MOST_GRANTS = 50_000;

/** Hexadecimal digits of an id. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
const ID_DIGITS = 64;

async function findKey(sql: WritingSql, arn: string): Promise<StoredResource> {
  const { service, resource = '' } = parseArn(arn) ?? {};
  if (service !== 'kms' || !resource.startsWith('key/')) {
    throw new RolegateError('ValidationError', `${arn} is not the ARN of a KMS key`, { field: 'keyArn' });
  }
  return findResource(sql, arn);
}

/** The grant on the same terms. */
function sameTerms(
  { id: _id, ...stored }: KmsGrantInput,
  { operations, ...terms }: Omit<KmsGrantInput, 'id'>,
): boolean {
  return isDeepStrictEqual(stored, { ...terms, operations: operations.toSorted() });
}

/** The users and roles that a grant names. */
function principalsIn({
  granteePrincipal,
  retiringPrincipal,
}: Pick<KmsGrantInput, 'granteePrincipal' | 'retiringPrincipal'>): readonly Touched[] {
  return [granteePrincipal, retiringPrincipal ?? []].flat().flatMap((arn) => {
    const kind = /^arn:[^:]+:iam::\d{12}:(user|role)\//.exec(arn)?.[1];
    return kind === undefined ? [] : [{ entity: kind === 'user' ? 'User' : 'Role', entityId: arn }];
  });
}

export async function createGrant(
  sql: WritingSql,
  { keyArn, ...given }: NewGrant,
  { draw }: ChangeTools,
): Promise<Made> {
  const key = await findKey(sql, keyArn);
  const terms = { ...given, operations: [...new Set(given.operations)] };
  // As KMS does, so that a call whose answer was lost can be repeated.
  const same = terms.name === undefined ? undefined : key.grants.find((grant) => sameTerms(grant, terms));
  if (same !== undefined) return { touched: [], result: same.id, reads: [touchingResource(keyArn)] };
  const missing = await firstMissing(sql, [terms.granteePrincipal, terms.retiringPrincipal ?? []].flat());
  if (missing !== undefined) {
    throw new RolegateError('ValidationError', `The principal ${missing} does not exist.`, {
      field: missing === terms.granteePrincipal ? 'granteePrincipal' : 'retiringPrincipal',
    });
  }
  if (key.grants.length >= MOST_GRANTS) {
    throw new RolegateError('LimitExceeded', `A KMS key has at most ${MOST_GRANTS} grants.`);
  }
  const id = draw.hex(ID_DIGITS);
  const made = await sayOf(sql, key, {
    arn: keyArn,
    accountId: key.accountId,
    grants: [...key.grants, { id, ...terms }],
  });
  return { ...made, result: id, reads: [...(made.reads ?? []), ...principalsIn(terms)] };
}

export async function revokeGrant(
  sql: WritingSql,
  { keyArn, grantId }: { readonly keyArn: string; readonly grantId: string },
): Promise<Made> {
  const key = await findKey(sql, keyArn);
  const left = key.grants.filter(({ id }) => id !== grantId);
  if (left.length === key.grants.length) {
    throw new RolegateError('NoSuchEntity', `Grant ${grantId} of ${keyArn} does not exist.`, { field: 'grantId' });
  }
  return sayOf(sql, key, { arn: keyArn, accountId: key.accountId, grants: left });
}
