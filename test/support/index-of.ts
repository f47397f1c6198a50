import type { UserInput } from '../../src/directory/document.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import type { AttachedRow, HolderRow } from '../../src/directory/gather/rows.ts';
import { HeldIndex } from '../../src/directory/principals/held-index.ts';
import type { PrincipalRows } from '../../src/directory/principals/principal-rows.ts';
import { unwatchedBudget } from './unwatched-budget.ts';

type HolderInput = Pick<UserInput, 'arn' | 'inlinePolicies' | 'attachedPolicies'>;

/** The row of a holder; a text is its own hash. `documentOf`: of a managed policy; null: it is not known, and left out. */
export function holderRow(
  { arn, inlinePolicies = [], attachedPolicies = [] }: HolderInput,
  id: string,
  documentOf: (policyArn: string) => string | null,
): HolderRow {
  const attached = attachedPolicies.flatMap((policy): readonly AttachedRow[] => {
    const document = documentOf(policy);
    return document === null ? [] : [[policy, policy, document]];
  });
  return { id, arn, name: arn, inline: inlinePolicies.map(({ name, document }) => [name, document]), attached };
}

/** The index of these rows. */
export function indexOf(rows: PrincipalRows): HeldIndex {
  const index = new HeldIndex(new CompiledPolicies(unwatchedBudget()));
  for (const hash of index.principals.unknownIn(rows)) index.documents.add(hash, hash);
  for (const hash of index.principals.unknownTrustIn(rows)) index.learnTrust(hash, hash);
  index.principals.put(rows);
  index.revision = rows.revision;
  return index;
}
