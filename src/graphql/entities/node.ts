import { decodeGlobalID } from '@pothos/plugin-relay';
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
  'ControlPolicy',
  'Group',
  'InstanceProfile',
  'ManagedPolicy',
  'Organization',
  'OrganizationRoot',
  'OrganizationalUnit',
  'Resource',
  'Role',
  'RoleSession',
  'User',
  'VpcEndpoint',
] satisfies NodeTypeName[];

function isNodeType(name: string): name is NodeTypeName {
  return NODE_TYPES.includes(name);
}

/** A global id as clients give it; an invalid id has no type. */
export function decodeNodeId(globalId: string): GlobalId {
  try {
    return decodeGlobalID(globalId);
  } catch {
    return { typename: '', id: globalId };
  }
}

async function mayReadNode(context: GatewayContext, { typename, id }: GlobalId, field: string): Promise<boolean> {
  // PostgreSQL texts cannot contain U+0000, not even in a search.
  if (!isNodeType(typename) || id.includes('\0'))
    throw new InvalidInput(field, `\`${field}\` is not an id that this gateway has returned`);
  return mayRead(context, typename, id);
}

/** The answer of `node`: null if the entity does not exist, or the caller may not read it. */
export async function readableNode(context: GatewayContext, id: GlobalId, load: () => unknown): Promise<unknown> {
  return (await mayReadNode(context, id, 'id')) ? load() : null;
}

/** The answer of `nodes`, in the order of `ids`. An invalid id fails alone. `load` returns null for a null. */
export async function readableNodes(
  context: GatewayContext,
  ids: readonly GlobalId[],
  load: (ids: (GlobalId | null)[]) => Promise<readonly unknown[]>,
): Promise<unknown[]> {
  if (ids.length > MAX_PAGE_SIZE) {
    throw new InvalidInput('ids', `\`ids\` has ${ids.length} entries; the limit is ${MAX_PAGE_SIZE}`);
  }
  const readable = await Promise.allSettled(ids.map((id, index) => mayReadNode(context, id, `ids[${index}]`)));
  const wanted = ids.map((id, index) => {
    const verdict = readable[index];
    return verdict?.status === 'fulfilled' && verdict.value ? id : null;
  });
  const nodes = wanted.some((id) => id !== null) ? await load(wanted) : [];
  return readable.map((verdict, index) => {
    if (verdict.status === 'fulfilled') return nodes[index] ?? null;
    if (verdict.reason instanceof InvalidInput) return verdict.reason;
    throw verdict.reason;
  });
}
