import type { Caller } from './caller.ts';
import { generationOf } from './key-id.ts';
import type { SessionTools } from './session-tools.ts';

/** The generation of the master key for what is made now. Its key is there. Throws StoreUnavailable if the file lacks it. */
export async function newestGeneration({ directory, secrets }: SessionTools): Promise<number> {
  const generation = (await directory.signingKeys.list()).at(-1)?.masterGeneration ?? 1;
  await secrets.masterKeys.hold(generation);
  return generation;
}

/**
 * The generation for the key of a session that `caller` makes: that of the key it called with, so that everything that follows from
 * a generation ends with it. Without one, the newest.
 */
export async function generationForSessionOf(tools: SessionTools, caller: Caller): Promise<number> {
  if (caller.kind !== 'principal') return newestGeneration(tools);
  const generation = generationOf(caller.keyId);
  await tools.secrets.masterKeys.hold(generation);
  return generation;
}

/** Whether the secret of an id was derived from a generation of the master key that was retired. */
export async function isRetired({ directory }: SessionTools, id: string): Promise<boolean> {
  const generation = generationOf(id);
  return (await directory.masterKeys.list()).some((each) => each.generation === generation && each.retiredAt !== null);
}
