import type { DirectoryDocument } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { inTurn } from './batches.ts';
import type { ChangeSet } from './change-set.ts';
import type { IndexedDocument } from './index-document.ts';
import { planKnowledge } from './plan-account.ts';
import { planEndpoint } from './plan-endpoint.ts';
import { planOidcProvider } from './plan-oidc-provider.ts';
import { planResource } from './plan-resource.ts';
import { readEndpoints, readKnowledge, readProviders, readResources } from './stored.ts';
import { uniqueBy } from './unique.ts';
import { goneEndpoints, goneProviders, goneResources } from './whole-lists.ts';

interface Tools {
  readonly sql: Sql;
  readonly changes: ChangeSet;
  readonly now: number;
}

/** Plans what accounts have beside IAM's entities with unique ids, and what is known of the accounts. */
export async function planResources(
  { knowledge, wholeLists = [] }: DirectoryDocument,
  { oidcProviders, resources, vpcEndpoints }: IndexedDocument,
  tools: Tools,
): Promise<void> {
  const { sql, changes, now } = tools;
  const stored = new Map((await readResources(sql, [...resources.keys()])).map((row) => [row.arn, row]));
  await inTurn(resources.values(), (input) => planResource(input, stored.get(input.arn) ?? null, changes));
  for (const { arn, accountId } of await goneResources(sql, wholeLists, resources)) {
    changes.delete('Resource', { arn });
    changes.touch('Resource', arn);
    changes.counts.add(accountId, 'resources', 'gone');
  }
  const providers = new Map((await readProviders(sql, [...oidcProviders.keys()])).map((row) => [row.arn, row]));
  for (const input of oidcProviders.values()) {
    planOidcProvider(input, providers.get(input.arn) ?? null, now, changes);
  }
  for (const { arn, accountId } of await goneProviders(sql, wholeLists, oidcProviders)) {
    changes.delete('OidcProvider', { arn });
    changes.touch('OidcProvider', arn);
    changes.counts.add(accountId, 'oidcProviders', 'gone');
  }
  const endpoints = new Map((await readEndpoints(sql, [...vpcEndpoints.keys()])).map((row) => [row.id, row]));
  for (const input of vpcEndpoints.values()) planEndpoint(input, endpoints.get(input.id) ?? null, changes);
  for (const { id, accountId } of await goneEndpoints(sql, wholeLists, vpcEndpoints)) {
    changes.delete('VpcEndpoint', { id });
    changes.touch('VpcEndpoint', id);
    changes.counts.add(accountId, 'vpcEndpoints', 'gone');
  }
  await planAllKnowledge(knowledge, tools);
}

async function planAllKnowledge(
  knowledge: DirectoryDocument['knowledge'],
  { sql, changes, now }: Tools,
): Promise<void> {
  const keyOf = (accountId: string, layer: string, service = ''): string => `${accountId} ${layer} ${service}`;
  const inputs = uniqueBy(
    knowledge,
    ({ accountId, layer, service }) => keyOf(accountId, layer, service),
    ({ accountId, layer, service = '' }) => `knowledge of account ${accountId}, ${layer} ${service}`.trimEnd(),
  );
  const accounts = new Set([...inputs.values()].map(({ accountId }) => accountId));
  const rows = await readKnowledge(sql, [...accounts]);
  const stored = new Map(rows.map((row) => [keyOf(row.accountId, row.layer, row.service), row]));
  for (const [key, input] of inputs) planKnowledge(input, stored.get(key) ?? null, now, changes);
}
