import { RolegateError } from '../../policy/errors.ts';
import { arnOf } from '../apply/entity-arn.ts';
import type { Touched } from '../apply/revision.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { type ChangeOf, type Made, reading } from './change-of.ts';
import { deletePolicy } from './delete-policy.ts';
import type { ManagedPolicyName } from './entity-inputs.ts';
import { quotaExceeded } from './holder.ts';
import type { Creations, PolicyChanges } from './iam-inputs.ts';
import { keepDocument, sizeOf } from './inline-policies.ts';
import { madeEntity, newEntity } from './new-entity.ts';
import { noSuchVersion, type OwnPolicy, ownPolicy } from './own-policy.ts';
import { POLICY_CHARACTERS, VERSIONS_PER_POLICY } from './quotas.ts';
import { changeTags, withoutTags, withTags } from './tags.ts';

function checkSize(document: string): void {
  if (sizeOf(document) > POLICY_CHARACTERS) throw quotaExceeded('PolicySize', POLICY_CHARACTERS, 'policyDocument');
}

/** What the change touched: the policy, or nothing if `rows`, the rows that a statement changed, is empty. */
function changedPolicy({ arn }: OwnPolicy, rows: readonly unknown[] = [null]): Made {
  return { touched: rows.length === 0 ? [] : touching(arn), result: arn };
}

function touching(arn: string): readonly Touched[] {
  return [{ entity: 'ManagedPolicy', entityId: arn }];
}

/** The way of every change of a policy, which is found in the transaction of the change. */
const change =
  <I extends ManagedPolicyName>(
    work: (sql: Sql, policy: OwnPolicy, input: I, now: number) => Promise<Made>,
  ): ChangeOf<I> =>
  async (sql, input, { now }) =>
    reading(await work(sql, await ownPolicy(sql, input.policyArn), input, now), ...touching(input.policyArn));

const createPolicy: Creations['createPolicy'] = async (sql, input, tools) => {
  const { policyDocument, description, tags } = input;
  const arn = arnOf('ManagedPolicy', input, input.policyName);
  const { id, accountId, name, path, createdAt } = await newEntity(sql, 'ManagedPolicy', arn, tools);
  checkSize(policyDocument);
  const hash = await keepDocument(sql, policyDocument);
  await sql.query(
    `INSERT INTO "ManagedPolicy" (id, arn, "accountId", name, path, "createdAt", description, tags, "defaultVersionId", "newestVersion")
     VALUES ($1, $2, $3, $4, $5, $6::text::timestamp(3), $7, $8::text::jsonb, 'v1', 1)`,
    [
      id,
      arn,
      accountId,
      name,
      path,
      createdAt,
      description ?? null,
      JSON.stringify(withTags('ManagedPolicy', {}, tags ?? [])),
    ],
  );
  await addVersion(sql, id, 'v1', hash, createdAt);
  return madeEntity('ManagedPolicy', { arn, accountId });
};

async function addVersion(sql: Sql, policyId: string, versionId: string, hash: string, at: string): Promise<void> {
  await sql.query(
    `INSERT INTO "PolicyVersion" ("policyId", "versionId", "documentHash", "createdAt") VALUES ($1, $2, $3, $4::text::timestamp(3))`,
    [policyId, versionId, hash, at],
  );
}

const createPolicyVersion: PolicyChanges['createPolicyVersion'] = change(
  async (sql, policy, { policyDocument, setAsDefault = false }, now) => {
    if (policy.versions.length >= VERSIONS_PER_POLICY) {
      const why = `A managed policy can have up to ${VERSIONS_PER_POLICY} versions. Before you create a new version, you must delete an existing version.`;
      throw new RolegateError('LimitExceeded', why, { field: 'policyArn' });
    }
    checkSize(policyDocument);
    const numbers = policy.versions.map((id) => Number(/^v(\d{1,9})$/.exec(id)?.[1] ?? 0));
    const number = Math.max(policy.newestVersion, ...numbers) + 1;
    const versionId = `v${number}`;
    await addVersion(sql, policy.id, versionId, await keepDocument(sql, policyDocument), toIso(now));
    await sql.query(
      `UPDATE "ManagedPolicy" SET "newestVersion" = $2::int4,
          "defaultVersionId" = CASE WHEN $3::bool THEN $4 ELSE "defaultVersionId" END WHERE id = $1`,
      [policy.id, number, setAsDefault, versionId],
    );
    return changedPolicy(policy);
  },
);

const setDefaultPolicyVersion: PolicyChanges['setDefaultPolicyVersion'] = change(async (sql, policy, { versionId }) => {
  if (!policy.versions.includes(versionId)) throw noSuchVersion(policy.arn, versionId);
  const rows = await sql.query(
    'UPDATE "ManagedPolicy" SET "defaultVersionId" = $2 WHERE id = $1 AND "defaultVersionId" IS DISTINCT FROM $2 RETURNING id',
    [policy.id, versionId],
  );
  return changedPolicy(policy, rows);
});

const deletePolicyVersion: PolicyChanges['deletePolicyVersion'] = change(async (sql, policy, { versionId }) => {
  if (!policy.versions.includes(versionId)) throw noSuchVersion(policy.arn, versionId);
  if (policy.defaultVersionId === versionId) {
    const why = 'Cannot delete the default version of a policy.';
    throw new RolegateError('DeleteConflict', why, { field: 'versionId' });
  }
  await sql.query('DELETE FROM "PolicyVersion" WHERE "policyId" = $1 AND "versionId" = $2', [policy.id, versionId]);
  return changedPolicy(policy);
});

/** Changes of managed policies. */
export const POLICY_CHANGES: Pick<Creations, 'createPolicy'> & PolicyChanges = {
  createPolicy,
  createPolicyVersion,
  setDefaultPolicyVersion,
  deletePolicyVersion,
  deletePolicy: change((sql, policy, deletion) => deletePolicy(sql, policy, deletion)),
  tagPolicy: change(async (sql, policy, { tags }) => {
    const isNew = await changeTags(sql, 'ManagedPolicy', policy.id, (stored) =>
      withTags('ManagedPolicy', stored, tags),
    );
    return changedPolicy(policy, isNew ? [null] : []);
  }),
  untagPolicy: change(async (sql, policy, { tagKeys }) => {
    const isNew = await changeTags(sql, 'ManagedPolicy', policy.id, (stored) => withoutTags(stored, tagKeys));
    return changedPolicy(policy, isNew ? [null] : []);
  }),
};
