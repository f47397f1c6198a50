import type { World } from './world.ts';
export async function printPeers(_world: World): Promise<void> {}
