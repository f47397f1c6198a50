import type { Sql } from '../prisma/database.ts';
import { attachPolicy, detachPolicy, setBoundary } from './attachments.ts';
import type { ChangeOf, ChangeTools, Made } from './change-of.ts';
import { deleteHolder } from './deletion.ts';
import type { Deletion, InlinePolicyName, ManagedPolicyName, PolicyText } from './entity-inputs.ts';
import { findHolder, type Holder, type HolderKind } from './holder.ts';
import { deleteInlinePolicy, putInlinePolicy } from './inline-policies.ts';

/**
 * The changes that users, groups and roles have in common, and the way any other one is made: `change` finds its holder in the
 * transaction of the change. `arnOf`: the ARN that an input names.
 */
export function holderChanges<Name>(kind: HolderKind, arnOf: (input: Name) => string) {
  const change =
    <I extends Name>(work: (sql: Sql, holder: Holder, input: I, tools: ChangeTools) => Promise<Made>): ChangeOf<I> =>
    async (sql, input, tools) =>
      work(sql, await findHolder(sql, kind, arnOf(input)), input, tools);
  return {
    change,
    deletion: change<Name & Deletion>((sql, holder, { withDependents = false }, { now }) =>
      deleteHolder(sql, holder, { withDependents, at: now }),
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
