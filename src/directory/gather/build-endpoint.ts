import { prepareEndpoint } from '../../evaluation/prepare.ts';
import type { KnownEndpoint } from '../directory.ts';
import type { AccountFacts } from './account-facts.ts';
import { PolicyCollector } from './attached-policies.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import type { EndpointRow } from './rows.ts';

/** Null: there is no such endpoint. */
export function buildEndpoint(
  id: string,
  row: EndpointRow | null,
  factsOf: (accountId: string) => AccountFacts,
  compiled: CompiledBatch,
): Entry<KnownEndpoint | null> {
  const own = dependency('VpcEndpoint', id);
  if (row === null) return { value: null, dependencies: [own], bytes: 200 };
  const { arn, accountId, vpcId, serviceName, policyHash } = row;
  const policies = new PolicyCollector(compiled);
  const account = factsOf(accountId);
  const policy = policies.ofEndpoint(policyHash, id, arn);
  return {
    value: {
      value: policy === null ? null : prepareEndpoint(policy),
      accountId,
      serviceName,
      vpcId,
      organization: account.organizationIsKnown ? account.organization : undefined,
      gaps: policies.gaps,
    },
    dependencies: [own, ...account.dependencies],
    bytes: 1_000,
  };
}
