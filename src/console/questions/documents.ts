import { IdentityDocumentsDocument } from '../../generated/console/questions.ts';
import type { Decision, Statement } from '../sentence.ts';
import { ask } from './ask.ts';
import { storedManaged, storedOfResource } from './stored.ts';

/** The document that a statement stands in; null: it is not known, or the caller may not read it. */
export async function documentOf({ layer, policy }: Statement, decision: Decision): Promise<unknown> {
  if (layer === 'RESOURCE_POLICY') return (await storedOfResource(policy)).data;
  if (policy.includes(':policy/')) return (await storedManaged(policy)).data;
  const holder = decision.assumedRole?.arn ?? decision.principal.principalId;
  const trusted = layer === 'TRUST_POLICY' ? decision.resource : holder;
  const { data } = await ask(IdentityDocumentsDocument, { principal: trusted });
  const found = data?.principal ?? null;
  if (found === null) return null;
  if (layer === 'TRUST_POLICY') return 'trustPolicy' in found ? found.trustPolicy : null;
  const own = 'inlinePolicies' in found ? (found.inlinePolicies ?? []) : [];
  const ofGroups = 'groups' in found ? (found.groups ?? []).flatMap(({ inlinePolicies }) => inlinePolicies ?? []) : [];
  return [...own, ...ofGroups].find(({ name }) => name === policy)?.document ?? null;
}
