import { RolegateError } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';

/** A managed policy to be changed. */
export interface OwnPolicy {
  readonly id: string;
  readonly arn: string;
  /** Null: no document of it is known. */
  readonly defaultVersionId: string | null;
  /** The greatest number that a version made here has had. */
  readonly newestVersion: number;
  readonly versions: readonly string[];
}

export function noSuchPolicy(arn: string): RolegateError {
  return new RolegateError('NoSuchEntity', `Policy ${arn} was not found.`, {
    field: 'policyArn',
  });
}

export function noSuchVersion(arn: string, versionId: string): RolegateError {
  const why = `Policy ${arn} version ${versionId} does not exist or is not attachable.`;
  return new RolegateError('NoSuchEntity', why, { field: 'versionId' });
}

/** Finds the policy in the transaction that changes it. Throws NoSuchEntity, and UnmodifiableEntity for one of AWS. */
export async function ownPolicy(sql: Sql, arn: string): Promise<OwnPolicy> {
  const [row] = await sql.query<OwnPolicy & { readonly accountId: string | null }>(
    `SELECT p.id, p.arn, p."accountId", p."defaultVersionId", p."newestVersion",
        (SELECT coalesce(json_agg(v."versionId"), '[]') FROM "PolicyVersion" v WHERE v."policyId" = p.id) AS versions
       FROM "ManagedPolicy" p WHERE p.arn = $1`,
    [arn],
  );
  if (row?.accountId === null || /^arn:[^:]*:iam::aws:/.test(arn)) {
    const why = `Cannot perform the operation on the policy ${arn} - this policy is only modifiable by AWS`;
    throw new RolegateError('UnmodifiableEntity', why, { field: 'policyArn' });
  }
  if (row === undefined) throw noSuchPolicy(arn);
  return row;
}
