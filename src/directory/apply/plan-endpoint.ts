import { InvalidInput } from '../../policy/errors.ts';
import { partitionOf } from '../../policy/regions.ts';
import type { VpcEndpointInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import { sameRecord } from './plan-holders.ts';
import type { StoredEndpoint } from './stored.ts';

/** A VPC endpoint. Its ARN follows from the rest. */
export function planEndpoint(input: VpcEndpointInput, stored: StoredEndpoint | null, changes: ChangeSet): void {
  const { id, accountId, region, vpcId, serviceName, type, policy } = input;
  if (stored !== null && stored.accountId !== accountId) {
    throw new InvalidInput('document', `VPC endpoint ${id}: it belongs to the account ${stored.accountId}`);
  }
  const own = {
    id,
    arn: `arn:${partitionOf(region)}:ec2:${region}:${accountId}:vpc-endpoint/${id}`,
    accountId,
    region,
    vpcId,
    serviceName,
    type,
    policyHash:
      policy == null
        ? policy === null
          ? null
          : (stored?.policyHash ?? null)
        : changes.document(policy, `VPC endpoint ${id}, policy`),
  };
  const tags = input.tags ?? stored?.tags ?? {};
  const same = stored !== null && Object.entries(own).every(([column, value]) => Reflect.get(stored, column) === value);
  const changed = !(same && sameRecord(tags, stored.tags));
  changes.counts.add(accountId, 'vpcEndpoints', outcomeOf(stored, changed));
  if (!changed) return;
  changes.upsert('VpcEndpoint', { ...own, tags });
  changes.touch('VpcEndpoint', id);
}
