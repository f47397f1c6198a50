import type { Catalog } from '../../catalog/catalog.ts';
import { changeWithEvent, type Worked } from '../change.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { deleteHolder } from './deletion.ts';
import type { Deletion, EntityChange, InlinePolicyName, ManagedPolicyName, PolicyText } from './entity-store.ts';
import { findHolder, type Holder, type HolderKind } from './holder.ts';
import { deleteInlinePolicy, putInlinePolicy } from './inline-policies.ts';
import { attachPolicy, detachPolicy, type PolicyTools, setBoundary } from './managed-policies.ts';

/**
 * The changes that users and roles have in common, and the way any other one is made: `change` finds its holder in the
 * transaction of the change. `arnOf`: the ARN that an input names.
 */
export function holderChanges<Name>(store: Store, catalog: Catalog, kind: HolderKind, arnOf: (input: Name) => string) {
  const change =
    <I extends Name>(
      work: (sql: Sql, holder: Holder, input: I, tools: PolicyTools) => Promise<Worked<undefined>>,
    ): EntityChange<I> =>
    (input, event) =>
      changeWithEvent(store, event, async (sql, now) =>
        work(sql, await findHolder(sql, kind, arnOf(input)), input, { catalog, now: event?.at ?? now }),
      );
  return {
    change,
    deletion: change<Name & Deletion>((sql, holder, { withDependents = false, parts }, { now }) =>
      deleteHolder(sql, holder, { withDependents, parts, at: now }),
    ),
    putPolicy: change<Name & InlinePolicyName & PolicyText>((sql, holder, { policyName, policyDocument }) =>
      putInlinePolicy(sql, holder, policyName, policyDocument),
    ),
    deletePolicy: change<Name & InlinePolicyName>((sql, holder, { policyName }) =>
      deleteInlinePolicy(sql, holder, policyName),
    ),
    attachPolicy: change<Name & ManagedPolicyName>((sql, holder, { policyArn }, tools) =>
      attachPolicy(sql, tools, holder, policyArn),
    ),
    detachPolicy: change<Name & ManagedPolicyName>((sql, holder, { policyArn }) =>
      detachPolicy(sql, holder, policyArn),
    ),
    putBoundary: change<Name & { readonly permissionsBoundary: string }>(
      (sql, holder, { permissionsBoundary }, tools) => setBoundary(sql, tools, holder, permissionsBoundary),
    ),
    deleteBoundary: change<Name>((sql, holder, _input, tools) => setBoundary(sql, tools, holder, null)),
  };
}
