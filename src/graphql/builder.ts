import SchemaBuilder from '@pothos/core';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import { getDatamodel, type PrismaTypes } from '../directory/schema-types.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { JsonValue } from '../policy/json.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GatewayContext } from './context.ts';
import { costOfField } from './cost.ts';
import { decodeNodeId, readableNode, readableNodes } from './entities/node.ts';
import type { GivenDocument } from './given-document.ts';
import { requestBudget } from './request-budget.ts';
import { besideRows, fromRows } from './rows-ahead.ts';
import { rowsTogether } from './rows-together.ts';
import type { UploadedFile } from './uploaded-file.ts';

/** The types that the schema is made with. */
interface GatewayTypes {
  Context: GatewayContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Arn: { Input: string; Output: string };
    AccountId: { Input: string; Output: string };
    PrincipalId: { Input: PrincipalRef; Output: string };
    DateTime: { Input: Date; Output: Date | number };
    PolicyDocument: { Input: GivenDocument; Output: string | JsonValue };
    RequestContext: { Input: RequestContext; Output: JsonValue };
    Revision: { Input: bigint; Output: bigint };
    Upload: { Input: UploadedFile; Output: never };
  };
}

/** The schema under construction. It defines nothing itself: every noun has a file of its own. */
export const builder: InstanceType<typeof SchemaBuilder<GatewayTypes>> = new SchemaBuilder<GatewayTypes>({
  // Errors first: it must see what the fields of the others throw.
  // Around Prisma's: what was read ahead is not read by it.
  plugins: [ErrorsPlugin, requestBudget, DataloaderPlugin, RelayPlugin, besideRows, PrismaPlugin, fromRows],
  defaultFieldNullability: false,
  complexity: {
    fieldComplexity: costOfField,
  },
  errors: { directResult: true, defaultTypes: [] },
  prisma: {
    client: rowsTogether,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
    onUnusedQuery: process.env['NODE_ENV'] === 'production' ? null : 'error',
  },
  relay: {
    clientMutationId: 'omit',
    decodeGlobalID: decodeNodeId,
    cursorType: 'String',
    edgesFieldOptions: { nullable: false, description: 'The entries of this page, each with its cursor' },
    nodeFieldOptions: { nullable: false, description: 'The entry' },
    nodesOnConnection: {
      description: 'The entries of this page, without their cursors',
    },
    cursorFieldOptions: { description: 'Position of this entry. Pass it as `after` to continue after this entry' },
    pageInfoFieldOptions: { description: 'Whether there are more entries, and the cursors to continue with' },
    pageInfoTypeOptions: { description: 'Position of a page within its connection' },
    hasNextPageFieldOptions: { description: 'Whether entries follow this page' },
    hasPreviousPageFieldOptions: { description: 'Whether entries precede this page' },
    startCursorFieldOptions: { description: 'Cursor of the first entry of this page; null if the page is empty' },
    endCursorFieldOptions: {
      description:
        'Cursor of the last entry of this page; pass it as `after` to get the next page. Null if the page is empty',
    },
    firstArgOptions: { description: 'Number of entries to return from the start, at most 1,000. Left out: 20' },
    afterArgOptions: { description: 'Start after the entry with this cursor' },
    lastArgOptions: {
      description: 'Number of entries to return from the end, at most 1,000; not together with `first`',
    },
    beforeArgOptions: { description: 'Stop before the entry with this cursor; used with `last`' },
    nodeTypeOptions: { description: 'An object that can be looked up again by its id' },
    idFieldOptions: { description: 'Opaque id, unique among all types. `node` and `nodes` take it' },
    nodeQueryOptions: {
      description: 'The entity with this id; null if it does not exist, or the caller may not read it',
      args: { id: { description: 'An `id` that this gateway has returned' } },
      resolve: (_root, { id }, context, _info, load) => readableNode(context, id, () => load(id)),
    },
    nodesQueryOptions: {
      description:
        'The entities with these ids, in their order; null in the place of one that `node` answers null for. An entry that is no id fails alone, with an error at its place',
      args: { ids: { description: 'Ids that this gateway has given out, at most 1,000' } },
      resolve: (_root, { ids }, context, info) =>
        readableNodes(context, ids, (wanted) => resolveNodes(builder, context, info, wanted)),
    },
  },
});
