import type { Decision } from '../evaluation/decision.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import type { GuardContext } from './context.ts';
import { readableDeniedAt } from './readable-level.ts';
import { readableStatements } from './readable-policy.ts';

/** Layers with matched statements, or levels, that the caller may not read, in the order of evaluation. */
export async function withheldLayers(context: GuardContext, { layers }: Decision): Promise<PolicyLayer[]> {
  if (context.caller.kind === 'operator') return [];
  const withheld = await Promise.all(
    layers.map(async (layer) => {
      const { matchedStatements, deniedAt } = layer;
      const [statements, levels] = await Promise.all([
        readableStatements(context, matchedStatements),
        readableDeniedAt(context, layer),
      ]);
      return statements.length < matchedStatements.length || levels.length < deniedAt.length;
    }),
  );
  return layers.filter((_layer, index) => withheld[index] === true).map(({ layer }) => layer);
}
