import { type FieldNode, type GraphQLResolveInfo, Kind } from 'graphql';

/** Fields of Decision that read nothing but the effect and the layer that denied. */
const OF_EFFECT: ReadonlySet<string> = new Set(['effect', 'allowed', 'deniedBy', '__typename']);

/** By a field of a document that is kept. */
const known = new WeakMap<FieldNode, boolean>();

/** Whether a field that answers decisions is asked for nothing but their effects. What is in fragments is not looked at. */
export function asksEffectAlone({ fieldNodes }: Pick<GraphQLResolveInfo, 'fieldNodes'>): boolean {
  return fieldNodes.every(isOfEffect);
}

function isOfEffect(node: FieldNode): boolean {
  const before = known.get(node);
  if (before !== undefined) return before;
  const selections = node.selectionSet?.selections ?? [];
  const isSo = selections.every((selection) => selection.kind === Kind.FIELD && OF_EFFECT.has(selection.name.value));
  known.set(node, isSo);
  return isSo;
}
