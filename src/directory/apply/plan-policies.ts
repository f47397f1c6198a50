import type { Catalog } from '../../catalog/catalog.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { ManagedPolicyInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet } from './change-set.ts';
import { conclude } from './conclude.ts';
import { entityName } from './entity-arn.ts';
import { createdAtOf } from './instant.ts';
import { sameRecord } from './plan-holders.ts';
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
export function* policiesOf(
  given: ReadonlyMap<string, ManagedPolicyInput>,
  references: ReadonlyMap<string, string>,
  resolved: ReadonlyMap<string, Resolved<StoredPolicy>>,
  catalog: Catalog,
  changes: ChangeSet,
): Iterable<PolicyPlanInput> {
  for (const [arn, input] of given) yield { arn, input };
  for (const [arn, holder] of references) {
    if (given.has(arn)) continue;
    const known = resolved.get(arn)?.stored?.defaultVersionId != null;
    const input = known ? null : fromCatalog(catalog, arn);
    if (!known && input === null) {
      changes.warn(`${holder}: the document of the attached policy ${arn} is not known`);
    }
    yield { arn, input };
  }
}

/**
 * Writes one policy with its versions. Stored versions that are not named stay, unless the policy was recreated or the
 * document says that it has no others.
 */
export function planPolicy(
  { arn, input }: PolicyPlanInput,
  resolved: Resolved<StoredPolicy>,
  now: number,
  changes: ChangeSet,
): void {
  const { id, stored, replaces } = resolved;
  const entity = entityName('ManagedPolicy', arn);
  const { accountId, path, name } = entity;
  const createdAt = createdAtOf(input?.createdAt, stored?.createdAt, `policy ${arn}`) ?? now;
  const defaultVersionId = input?.defaultVersionId ?? stored?.defaultVersionId ?? null;
  const description = input?.description ?? stored?.description ?? null;
  const tags = input?.tags ?? stored?.tags ?? {};
  let changed =
    stored === null ||
    stored.createdAt !== createdAt ||
    stored.defaultVersionId !== defaultVersionId ||
    stored.description !== description ||
    !sameRecord(tags, stored.tags);
  if (changed) {
    const named = { id, arn, accountId, name, path, createdAt: toIso(createdAt) };
    const row = { ...named, description, tags, defaultVersionId };
    if (stored === null) changes.insert('ManagedPolicy', row);
    else changes.upsert('ManagedPolicy', row);
  }
  const old = new Map((stored?.versions ?? []).map((version) => [version[0], version]));
  for (const version of versionsOf(input)) {
    const { versionId } = version;
    const before = old.get(versionId);
    const documentHash = changes.document(version.document, `policy ${arn}, version ${versionId}`, before?.[1]);
    const made = createdAtOf(version.createdAt, before?.[2], `policy ${arn}`) ?? createdAt;
    old.delete(versionId);
    if (before?.[1] === documentHash && before[2] === made) continue;
    const row = { policyId: id, versionId, documentHash, createdAt: toIso(made) };
    if (before === undefined) changes.insert('PolicyVersion', row);
    else changes.upsert('PolicyVersion', row);
    changed = true;
  }
  if (replaces !== null || input?.wholeVersions === true) {
    for (const versionId of old.keys()) changes.delete('PolicyVersion', { policyId: id, versionId });
    changed ||= old.size > 0;
  }
  conclude('ManagedPolicy', entity, resolved, changed, changes);
}

/** Throws InvalidInput where two versions have one id, or where all versions are given and the default one is not among them. */
function versionsOf(input: ManagedPolicyInput | null): readonly ManagedPolicyInput['versions'][number][] {
  if (input === null) return [];
  const { arn, defaultVersionId, versions, wholeVersions } = input;
  const found = new Map<string, ManagedPolicyInput['versions'][number]>();
  for (const version of versions) {
    const { versionId, document } = version;
    if ((found.get(versionId)?.document ?? document) !== document) {
      throw new InvalidInput(
        'document',
        `policy ${arn}: its version ${versionId} occurs twice, with different documents`,
      );
    }
    found.set(versionId, version);
  }
  if (wholeVersions === true && defaultVersionId !== null && !found.has(defaultVersionId)) {
    throw new InvalidInput(
      'document',
      `policy ${arn}: its default version ${defaultVersionId} is not among its versions`,
    );
  }
  return [...found.values()];
}
