import type { Touched } from '../apply/revision.ts';
import type { WritingSql } from '../prisma/database.ts';
import { attachPolicy, detachPolicy, setBoundary } from './attachments.ts';
import { type ChangeOf, type ChangeTools, type Made, reading } from './change-of.ts';
import { deleteHolder } from './deletion.ts';
import type { Deletion, InlinePolicyName, ManagedPolicyName, PolicyText } from './entity-inputs.ts';
import { findHolder, type Holder, type HolderKind, touching } from './holder.ts';
import { deleteInlinePolicy, putInlinePolicy } from './inline-policies.ts';

function policyOf(policyArn: string): Touched {
  return { entity: 'ManagedPolicy', entityId: policyArn };
}

/**
 * The changes that users, groups and roles have in common, and the way any other one is made: `change` finds its holder in the
 * transaction of the change. `arnOf`: the ARN that an input names. `alsoOfAws`: AWS lets roles that it keeps to itself be changed so.
 */
export function holderChanges<Name>(kind: HolderKind, arnOf: (input: Name) => string) {
  const change =
    <I extends Name>(
      work: (sql: WritingSql, holder: Holder, input: I, tools: ChangeTools) => Promise<Made>,
      { alsoOfAws = false }: { readonly alsoOfAws?: boolean } = {},
    ): ChangeOf<I> =>
    async (sql, input, tools) => {
      const holder = await findHolder(sql, kind, arnOf(input), alsoOfAws);
      return reading(await work(sql, holder, input, tools), ...touching(holder));
    };
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
    attachPolicy: change<Name & ManagedPolicyName>(async (sql, holder, { policyArn }, tools) =>
      reading(await attachPolicy(sql, tools, holder, policyArn), policyOf(policyArn)),
    ),
    detachPolicy: change<Name & ManagedPolicyName>(async (sql, holder, { policyArn }) =>
      reading(await detachPolicy(sql, holder, policyArn), policyOf(policyArn)),
    ),
    putBoundary: change<Name & { readonly permissionsBoundary: string }>(
      async (sql, holder, { permissionsBoundary }, tools) =>
        reading(await setBoundary(sql, tools, holder, permissionsBoundary), policyOf(permissionsBoundary)),
    ),
    deleteBoundary: change<Name>((sql, holder, _input, tools) => setBoundary(sql, tools, holder, null)),
  };
}
