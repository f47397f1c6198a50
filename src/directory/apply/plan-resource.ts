import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId, isServicePrincipal } from '../../policy/principal-id.ts';
import type { AccessKeyInput, ResourceInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet } from './change-set.ts';
import { type IdOf, sameRecord } from './plan-holders.ts';
import type { StoredResource } from './stored.ts';

export function planResource(input: ResourceInput, stored: StoredResource | null, changes: ChangeSet): void {
  const { arn, accountId } = input;
  const service = parseArn(arn)?.service;
  if (service === undefined) throw new InvalidInput('document', `resource \`${arn}\`: not an ARN`);
  if (!isAccountId(accountId)) {
    throw new InvalidInput('document', `resource ${arn}: its account \`${accountId}\` has not twelve digits`);
  }
  const tags = input.tags ?? stored?.tags ?? {};
  const given = input.policy;
  const policyHash =
    given === undefined
      ? (stored?.policyHash ?? null)
      : given === null
        ? null
        : changes.document(given, `resource ${arn}, policy`);
  // A written policy means the current holders of the names in it.
  const policyBindings = given === undefined ? (stored?.policyBindings ?? {}) : {};
  if (
    stored?.accountId === accountId &&
    stored.policyHash === policyHash &&
    sameRecord(tags, stored.tags) &&
    sameRecord(policyBindings, stored.policyBindings)
  ) {
    return;
  }
  changes.upsert('Resource', { arn, accountId, service, tags, policyHash, policyBindings });
  changes.touch('Resource', arn);
}

export interface StoredKey {
  readonly id: string;
  readonly userId: string | null;
  readonly servicePrincipal: string | null;
}

export function planAccessKey(
  input: AccessKeyInput,
  stored: StoredKey | null,
  userId: IdOf,
  now: number,
  changes: ChangeSet,
): void {
  const { id, user, service } = input;
  if ((user === undefined) === (service === undefined)) {
    throw new InvalidInput('document', `access key ${id}: give exactly one of user and service`);
  }
  if (service !== undefined && !isServicePrincipal(service)) {
    throw new InvalidInput('document', `access key ${id}: \`${service}\` is not a service principal`);
  }
  const owner = user === undefined ? null : userId(user, `access key ${id}`);
  const servicePrincipal = service ?? null;
  if (stored !== null) {
    if (stored.userId === owner && stored.servicePrincipal === servicePrincipal) return;
    throw new InvalidInput('document', `access key ${id} belongs to somebody else`);
  }
  changes.upsert('AccessKey', { id, userId: owner, servicePrincipal, createdAt: toIso(now) });
  changes.touch('AccessKey', id);
}
