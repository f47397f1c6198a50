import { mayRead, type NodeTypeName } from '../../guard/readable.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { GatewayContext } from '../context.ts';
import { MAX_PAGE_SIZE } from '../cost.ts';

interface GlobalId {
  readonly typename: string;
  readonly id: string;
}

const NODE_TYPES: readonly string[] = [
  'Account',
  'Group',
  'ManagedPolicy',
  'Resource',
  'Role',
  'RoleSession',
  'User',
] satisfies NodeTypeName[];

function isNodeType(name: string): name is NodeTypeName {
  return NODE_TYPES.includes(name);
}

async function mayReadNode(context: GatewayContext, { typename, id }: GlobalId, field: string): Promise<boolean> {
  // PostgreSQL cannot hold U+0000 in texts, not even in a search.
  if (!isNodeType(typename) || id.includes('\0'))
    throw new InvalidInput(field, `\`${field}\` is not an id that this gateway has returned`);
  return mayRead(context, typename, id);
}

/** The answer of `node`: null if it does not exist, or the caller may not read it. */
export async function readableNode(context: GatewayContext, id: GlobalId, load: () => unknown): Promise<unknown> {
  return (await mayReadNode(context, id, 'id')) ? load() : null;
}

/** The answer of `nodes`, in the order of `ids`. */
export async function readableNodes(
  context: GatewayContext,
  ids: readonly GlobalId[],
  load: () => Promise<readonly unknown[]>,
): Promise<unknown[]> {
  if (ids.length > MAX_PAGE_SIZE) {
    throw new InvalidInput('ids', `\`ids\` has ${ids.length} entries; the limit is ${MAX_PAGE_SIZE}`);
  }
  const readable = await Promise.all(ids.map((id, index) => mayReadNode(context, id, `ids[${index}]`)));
  if (!readable.includes(true)) return ids.map(() => null);
  const nodes = await load();
  return nodes.map((node, index) => (readable[index] === true ? node : null));
}
