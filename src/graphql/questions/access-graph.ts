import { type Around, accessGraph } from '../../guard/access-graph/access-graph.ts';
import {
  type AccessGraph as AccessGraphValue,
  GRAPH_NODE_KINDS,
  type GraphEdge,
  type GraphNode,
  MOST_EDGES,
  MOST_NODES,
} from '../../guard/access-graph/graph-draft.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../in-turn.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { countText } from '../repeated-text.ts';

const DESCRIPTIONS: Readonly<Record<(typeof GRAPH_NODE_KINDS)[number], string>> = {
  USER: 'A user of IAM',
  ROLE: 'A role',
  OTHER_PRINCIPAL:
    'Another principal: a root user, a session, a federated user, or one that the directory does not hold',
  ACCOUNT: 'An account whose principals a policy lets in',
  SERVICE: 'An AWS service',
  FEDERATED: 'Users of an identity provider',
  EVERYBODY: 'Everybody: principals of any account, and unsigned requests if the action accepts them',
  RESOURCE: 'A resource, or the resources that a pattern matches',
};

const AccessGraphNodeKind = builder.enumType('AccessGraphNodeKind', {
  description: 'What a node of a graph stands for',
  values: Object.fromEntries(GRAPH_NODE_KINDS.map((kind) => [kind, { description: DESCRIPTIONS[kind] }])) as Record<
    GraphNode['kind'],
    { description: string }
  >,
});

const AccessGraphEdgeKind = builder.enumType('AccessGraphEdgeKind', {
  description: 'What an edge of a graph means',
  values: {
    MAY_ASSUME: { description: 'The first may assume the second, which is a role' },
    REACHES: { description: 'The first may do something on the second' },
  } as const,
});

const AccessGraphNode = builder.objectRef<GraphNode>('AccessGraphNode').implement({
  description: 'Somebody or something in a graph',
  fields: (t) => ({
    name: t.exposeString('id', {
      description:
        'Its name, which edges have too: an ARN, a pattern of ARNs, an account id, a service, an identity provider, or `*`',
    }),
    kind: t.field({ type: AccessGraphNodeKind, description: 'What it is', resolve: ({ kind }) => kind }),
    accountId: t.field({
      type: 'AccountId',
      nullable: true,
      description: 'The account that it is in, or that it is; null: none, or not known',
      resolve: ({ accountId }) => accountId,
    }),
  }),
});

const AccessGraphEdge = builder.objectRef<GraphEdge>('AccessGraphEdge').implement({
  description: 'Somebody may become somebody, or reaches something',
  fields: (t) => ({
    kind: t.field({ type: AccessGraphEdgeKind, description: 'What it means', resolve: ({ kind }) => kind }),
    source: t.exposeString('from', { description: 'Name of the node that it goes from' }),
    target: t.exposeString('to', { description: 'Name of the node that it goes to' }),
    actions: t.stringList({
      description: 'The actions that it is about; of a graph that is partial, those that were asked about',
      resolve: ({ actions }, _args, context) => countText(context, [...actions]),
    }),
    policies: t.stringList({
      description:
        'Names of the policies that allow it: managed and inline policies, ARNs of resources and roles for their own. Without those ' +
        'that the caller may not read',
      resolve: ({ policies }, _args, context) => countText(context, [...policies]),
    }),
    requires: t.stringList({
      description: 'Condition keys that the call must have with the right value; empty: none',
      resolve: ({ requires }, _args, context) => countText(context, [...requires]),
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description:
        'IAM condition blocks, all of which must hold for the first of the actions; empty: none, or not listed',
      resolve: ({ conditions }, _args, context) => countText(context, [...conditions]),
    }),
    limited: t.boolean({
      description:
        'Whether it holds in part alone: under conditions, or for resources that match further patterns. The question that it comes ' +
        'from (`effectivePermissions`, `whoCan`, `assumableRoles`) says which',
      resolve: ({ isLimited }) => isLimited,
    }),
  }),
});

const AccessGraph = builder.objectRef<AccessGraphValue>('AccessGraph').implement({
  description: 'Who may become whom, and who reaches what, as nodes and edges',
  fields: (t) => ({
    nodes: t.field({
      type: [AccessGraphNode],
      description: `The nodes, at most ${MOST_NODES}`,
      resolve: ({ nodes }) => [...nodes],
    }),
    edges: t.field({
      type: [AccessGraphEdge],
      description: `The edges, at most ${MOST_EDGES.toLocaleString('en')}; at most one of a kind between two nodes`,
      resolve: ({ edges }) => [...edges],
    }),
    partial: t.boolean({
      description: 'Whether something was left out because it would have been too much',
      resolve: ({ isPartial }) => isPartial,
    }),
    withheld: t.boolean({
      description: 'Whether there is, or may be, more about which the caller may not ask',
      resolve: ({ isWithheld }) => isWithheld,
    }),
    gaps: t.stringList({
      description:
        'What the directory does not know and the answer had to leave out, by name. Empty: nothing was left out',
      resolve: ({ gaps }, _args, context) => countText(context, [...gaps]),
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory on which this was computed',
      resolve: ({ revision }) => revision,
    }),
  }),
});

const AccessGraphCenterInput = builder.inputType('AccessGraphCenterInput', {
  isOneOf: true,
  description: 'What a graph is about: exactly one',
  fields: (t) => ({
    principal: t.field({
      type: 'PrincipalId',
      description: 'A principal: what it may assume and reach, and, if it is a role, who may assume it',
    }),
    resource: t.field({
      type: 'Arn',
      description: 'A resource: who reaches it, and who may assume the roles among them',
    }),
    accountId: t.field({
      type: 'AccountId',
      description: 'An account: who may assume its roles, and who reaches its resources that have a policy',
    }),
  }),
});

const MAX_DEPTH = 4;

builder.queryField('accessGraph', (t) =>
  t.field({
    type: AccessGraph,
    nullable: true,
    description:
      'A picture of access around a principal, a resource or an account. It is made of answers of `assumableRoles`, ' +
      '`effectivePermissions` and `whoCan` (with `conditional: true`) that the caller could get one by one, all of one revision; ' +
      `nothing else is in it. What needs no policy is left out. ${NULL_ANSWER}`,
    args: {
      around: t.arg({ type: AccessGraphCenterInput, required: true, description: 'What it is about' }),
      depth: t.arg.int({
        description: `Greatest number of roles that are assumed one after the other, 1 to ${MAX_DEPTH}. Left out: 1`,
      }),
    },
    resolve: (_root, { around, depth: asked }, context) => {
      const depth = asked ?? 1;
      if (depth < 1 || depth > MAX_DEPTH) {
        throw new InvalidInput('depth', `${depth} is not a valid length of a chain: expected 1 to ${MAX_DEPTH}`);
      }
      return inTurn(context, () => accessGraph(context, centerOf(around), depth));
    },
  }),
);

function centerOf(around: typeof AccessGraphCenterInput.$inferInput): Around {
  const { principal, resource, accountId } = around;
  if (principal != null) return { principal };
  if (resource != null) return { resource };
  if (accountId != null) return { accountId };
  throw new InvalidInput('around', 'exactly one of `principal`, `resource` and `accountId` is expected');
}
