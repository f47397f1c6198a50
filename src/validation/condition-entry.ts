import type { Located } from '../policy/json-text.ts';
import { type OperatorUse, readOperator } from '../policy/operator.ts';
import { join, type StatementNode, textsIn } from '../policy/policy-checks.ts';

/** One key under one operator, with its places. */
export interface ConditionEntry {
  readonly operator: string;
  readonly use: OperatorUse;
  /** As written. */
  readonly key: string;
  readonly values: readonly { readonly text: string; readonly path: string; readonly node: Located }[];
  readonly path: string;
  readonly node: Located;
}

/** The conditions of a statement with existing operators. */
export function conditionsOf(statement: StatementNode): readonly ConditionEntry[] {
  const block = join(statement.path, 'Condition');
  return (statement.elements.get('Condition')?.members ?? []).flatMap((operator) => {
    const use = readOperator(operator.key);
    if (use === null) return [];
    return (operator.node.members ?? []).map((member): ConditionEntry => {
      const path = `${block}.${operator.key}.${member.key}`;
      const values = textsIn(member.node, path);
      const node = { ...member.node, value: member.key, offset: member.offset };
      return { operator: operator.key, use, key: member.key, values, path, node };
    });
  });
}
