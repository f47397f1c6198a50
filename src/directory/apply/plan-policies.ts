import type { Catalog } from '../../catalog/catalog.ts';
import type { ManagedPolicyInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet } from './change-set.ts';
import { entityName } from './entity-arn.ts';
import { instant } from './instant.ts';
import type { Resolved } from './resolve-ids.ts';
import type { StoredPolicy } from './stored.ts';

/** A policy that is attached somewhere: by the document, or only known by name. */
export interface PolicyPlanInput {
  readonly arn: string;
  /** Null: its document is not known. */
  readonly input: ManagedPolicyInput | null;
}

/** What the catalogue has of an AWS managed policy, in the form of a document's entry. */
export function fromCatalog(catalog: Catalog, arn: string): ManagedPolicyInput | null {
  const entry = catalog.managedPolicy(arn);
  if (entry === null) return null;
  const { versionId, document } = entry;
  return { arn, defaultVersionId: versionId, versions: [{ versionId, document }] };
}

/**
 * Every policy that the document contains or refers to. One that is only referred to is looked up in the store, then in
 * the catalogue; one that is in neither is stored by name, with a warning that names its `holders`.
 */
export function policiesOf(
  given: ReadonlyMap<string, ManagedPolicyInput>,
  references: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, StoredPolicy>,
  catalog: Catalog,
  changes: ChangeSet,
): readonly PolicyPlanInput[] {
  const plans: PolicyPlanInput[] = Array.from(given, ([arn, input]) => ({ arn, input }));
  for (const [arn, holder] of references) {
    if (given.has(arn)) continue;
    const row = stored.get(arn);
    const known = row !== undefined && row.defaultVersionId !== null;
    const input = known ? null : fromCatalog(catalog, arn);
    if (!known && input === null) {
      changes.warn(`${holder}: the document of the attached policy ${arn} is not known`);
    }
    if (row === undefined || input !== null) plans.push({ arn, input });
  }
  return plans;
}

/** Writes one policy with its versions. Stored versions that are not named stay, unless the policy was recreated. */
export function planPolicy(
  { arn, input }: PolicyPlanInput,
  { id, stored, replaces }: Resolved<StoredPolicy>,
  now: number,
  changes: ChangeSet,
): void {
  const { accountId, path, name } = entityName('ManagedPolicy', arn);
  const createdAt = instant(input?.createdAt, `policy ${arn}`) ?? stored?.createdAt ?? now;
  const defaultVersionId = input?.defaultVersionId ?? stored?.defaultVersionId ?? null;
  if (stored === null || stored.createdAt !== createdAt || stored.defaultVersionId !== defaultVersionId) {
    changes.upsert('ManagedPolicy', { id, arn, accountId, name, path, createdAt: toIso(createdAt), defaultVersionId });
    changes.touch('ManagedPolicy', arn);
  }
  const versions = new Map((stored?.versions ?? []).map((version) => [version[0], version]));
  for (const version of input?.versions ?? []) {
    const hash = changes.document(version.document, `policy ${arn}, version ${version.versionId}`);
    const old = versions.get(version.versionId);
    const made = instant(version.createdAt, `policy ${arn}`) ?? old?.[2] ?? createdAt;
    versions.delete(version.versionId);
    if (old?.[1] === hash && old[2] === made) continue;
    changes.upsert('PolicyVersion', {
      policyId: id,
      versionId: version.versionId,
      documentHash: hash,
      createdAt: toIso(made),
    });
    changes.touch('ManagedPolicy', arn);
  }
  if (replaces === null) return;
  for (const versionId of versions.keys()) changes.delete('PolicyVersion', { policyId: id, versionId });
}
