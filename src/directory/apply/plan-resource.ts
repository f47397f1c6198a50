import { isDeepStrictEqual } from 'node:util';
import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { AccessPointInput, KmsGrantInput, ResourceInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import { publicAccessBlockOf } from './plan-account.ts';
import type { StoredResource } from './stored.ts';

/** Only what the type says, in the order of their ids: the order of grants means nothing. */
function grantsOf(given: readonly KmsGrantInput[]): readonly KmsGrantInput[] {
  const kept = ({ id, name, granteePrincipal, retiringPrincipal, operations, ...constraints }: KmsGrantInput) => ({
    id,
    ...(name === undefined ? {} : { name }),
    granteePrincipal,
    ...(retiringPrincipal === undefined ? {} : { retiringPrincipal }),
    operations: operations.toSorted(),
    ...(constraints.encryptionContextSubset && { encryptionContextSubset: constraints.encryptionContextSubset }),
    ...(constraints.encryptionContextEquals && { encryptionContextEquals: constraints.encryptionContextEquals }),
  });
  return given.map(kept).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Only what the type says. */
function accessPointOf(input: AccessPointInput | null, arn: string): AccessPointInput | null {
  if (input === null) return null;
  const { bucket, vpcId } = input;
  const parsed = parseArn(bucket);
  if (parsed?.service !== 's3' || parsed.accountId !== '' || parsed.resource === '' || parsed.resource.includes('/')) {
    throw new InvalidInput('document', `resource ${arn}: \`${bucket}\` is not the ARN of a bucket`);
  }
  return { bucket, vpcId };
}

/** What is given, else what is stored, else null. */
function given<T>(input: T | null | undefined, stored: T | null | undefined): T | null {
  return input === undefined ? (stored ?? null) : input;
}

/** What was known stays known, unless it was asked anew in vain. */
function knownOf({ known = [], unknown = [] }: ResourceInput, stored: StoredResource | null): readonly string[] {
  const gone = new Set<string>(unknown);
  return [...new Set([...(stored?.known ?? []), ...known])].filter((part) => !gone.has(part)).sort();
}

export function planResource(input: ResourceInput, stored: StoredResource | null, changes: ChangeSet): void {
  const { arn, accountId, policy } = input;
  const service = parseArn(arn)?.service;
  if (service === undefined) throw new InvalidInput('document', `resource \`${arn}\`: not an ARN`);
  if (!isAccountId(accountId)) {
    throw new InvalidInput('document', `resource ${arn}: its account \`${accountId}\` has not twelve digits`);
  }
  const hash = policy == null ? policy : changes.document(policy, `resource ${arn}, policy`);
  const row: StoredResource = {
    arn,
    accountId,
    tags: input.tags ?? stored?.tags ?? {},
    policyHash: given(hash, stored?.policyHash),
    // Unless it is said, a written policy means the current holders of the names in it.
    policyBindings: input.policyBindings ?? (policy === undefined ? (stored?.policyBindings ?? {}) : {}),
    region: given(input.region, stored?.region),
    publicAccessBlock: publicAccessBlockOf(input.publicAccessBlock, stored?.publicAccessBlock),
    accessPoint: accessPointOf(given(input.accessPoint, stored?.accessPoint), arn),
    objectOwnership: given(input.objectOwnership, stored?.objectOwnership),
    abacEnabled: given(input.abacEnabled, stored?.abacEnabled),
    grants: input.grants === undefined ? (stored?.grants ?? []) : grantsOf(input.grants),
    known: knownOf(input, stored),
  };
  const changed = !isDeepStrictEqual(row, stored);
  changes.counts.add(accountId, 'resources', outcomeOf(stored, changed));
  if (!changed) return;
  if (stored === null) changes.insert('Resource', { ...row, service });
  else changes.upsert('Resource', { ...row, service });
  changes.touch('Resource', arn);
}
