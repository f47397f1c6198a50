import {
  FINDING_KINDS,
  type FINDING_WEIGHTS,
  type FindingKind as FindingKindValue,
  type Finding as FindingValue,
  type FoundOutsider,
  keyOfFinding,
} from '../../access/findings/finding.ts';
import { type KnownFindings, knownFindings } from '../../guard/findings.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../in-turn.ts';
import { type KeyedPage, keyedConnection, pageByKey, pageOf } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { MatchedStatement } from './matched-statement.ts';
import { OutsiderKind } from './outsider.ts';
import { GrantedRequest } from './policy-check.ts';
import { PolicyFinding } from './validate-policy.ts';

const KINDS: Readonly<Record<FindingKindValue, string>> = {
  PUBLIC_ACCESS:
    'The policy of a resource or a trust policy lets in everybody: without conditions, or under conditions that somebody of any origin can meet',
  CROSS_ACCOUNT_ACCESS:
    'The policy of a resource or a trust policy lets in somebody outside the organization of its account (outside the account, where ' +
    'that is in none). The account of whoever is let in is assumed to allow it; AWS services act for accounts and are not listed',
  DANGEROUS_GRANT:
    'An Allow of an inline or customer managed policy gives actions that change permissions on every resource, without conditions',
  UNREADABLE_DOCUMENT:
    'A policy document cannot be read completely: what cannot be read allows nothing and denies what it can',
  UNUSED_ROLE:
    'Nobody can assume the role, not even under conditions: no principal of the directory, and nobody else. Only the operator is told',
  GRANTS_NOTHING: 'An inline or customer managed policy has statements that allow, and grants no request',
  SHADOWED_STATEMENT: 'An Allow of a document grants nothing that another Allow of the same document does not grant',
};

const FindingKind = builder.enumType('FindingKind', {
  description: 'What is found in policies. In the order of lists, for entries of one weight',
  values: Object.fromEntries(FINDING_KINDS.map((kind) => [kind, { description: KINDS[kind] }])) as Record<
    FindingKindValue,
    { description: string }
  >,
});

const FindingWeight = builder.enumType('FindingWeight', {
  description: 'How much a finding weighs, the worst first',
  values: {
    CRITICAL: { description: 'The public is let in, or every action is allowed on every resource' },
    HIGH: { description: 'Permissions can be changed on every resource, or outsiders can change something' },
    MEDIUM: { description: 'Outsiders can read something, or a document cannot be read' },
    LOW: { description: 'Something has no effect' },
  } as const satisfies Record<(typeof FINDING_WEIGHTS)[number], { description: string }>,
});

const FindingOutsider = builder.objectRef<FoundOutsider>('FindingOutsider').implement({
  description: 'Somebody outside the zone of trust whom a policy lets in',
  fields: (t) => ({
    kind: t.field({
      type: OutsiderKind,
      description: 'Kind of principal. A PRINCIPAL may also be one that the directory holds',
      resolve: ({ kind }) => kind,
    }),
    value: t.exposeString('value', {
      description: 'An account id, an ARN or a canonical user id, the ARN or name of an identity provider, or `*`',
    }),
    conditional: t.exposeBoolean('conditional', {
      description: 'Whether it is let in only under conditions that the statements name',
    }),
  }),
});

const Finding = builder.objectRef<FindingValue>('Finding').implement({
  description: 'Something in a policy that somebody should look at, with what proves it',
  fields: (t) => ({
    kind: t.field({ type: FindingKind, description: 'What is found', resolve: ({ kind }) => kind }),
    weight: t.field({ type: FindingWeight, description: 'How much it weighs', resolve: ({ weight }) => weight }),
    arn: t.field({
      type: 'Arn',
      description: 'What has the policy: a role, a user, a resource, or the managed policy itself',
      resolve: ({ arn }) => arn,
    }),
    accountId: t.field({
      type: 'AccountId',
      nullable: true,
      description: 'Its account; null: not known',
      resolve: ({ accountId }) => accountId,
    }),
    policyName: t.exposeString('policyName', {
      nullable: true,
      description:
        'Name of the inline policy; null: the trust policy, the policy of the resource, or the managed policy',
    }),
    message: t.exposeString('message', { description: 'What is found, in a sentence for people' }),
    outsider: t.field({
      type: FindingOutsider,
      nullable: true,
      description: 'Of PUBLIC_ACCESS and CROSS_ACCOUNT_ACCESS: who is let in; null for other kinds',
      resolve: ({ outsider }) => outsider,
    }),
    actions: t.stringList({
      description: 'The actions that it is about, the worst first; empty: it is about a document',
      resolve: ({ actions }, _args, context) => countText(context, [...actions]),
    }),
    resource: t.field({
      type: 'Arn',
      nullable: true,
      description:
        'The resource on which the first of `actions` was decided, for `whoCan` with `conditional: true`; an example of those inside a bucket. ' +
        'Null: the proof is another one',
      resolve: ({ resource }) => resource,
    }),
    statements: t.field({
      type: [MatchedStatement],
      description:
        'The statements that prove it. Of SHADOWED_STATEMENT the one without effect and then the one that contains it. Without those of ' +
        'policies that the caller may not read',
      resolve: ({ statements }) => [...statements],
    }),
    witness: t.field({
      type: GrantedRequest,
      nullable: true,
      description: 'A request that the document grants and that shows it; null: the proof is another one',
      resolve: ({ witness }) => witness,
    }),
    unreadable: t.field({
      type: [PolicyFinding],
      description:
        'Of UNREADABLE_DOCUMENT: what cannot be read, and where. Empty: the content is not known, or it can be read',
      resolve: ({ unreadable }) => unreadable.map((finding) => ({ finding, written: true })),
    }),
  }),
});

interface FindingPage extends KeyedPage<FindingValue>, KnownFindings {}

const FindingConnection = keyedConnection<FindingValue, FindingPage>('Finding', Finding, {
  page:
    'A page of findings, in the order of their weight, their kind and their ARN. The next page continues after the place in its cursor, even if ' +
    'the directory has changed since',
  entry: 'A finding',
});

builder.objectFields(FindingConnection, (t) => ({
  withheld: t.boolean({
    description: 'Whether there is, or may be, more in policies that the caller may not read',
    resolve: ({ isWithheld }) => isWithheld,
  }),
  gaps: t.stringList({
    description:
      'What the directory does not know of the resources that were gone through, by name. Empty: nothing was left out',
    resolve: ({ gaps }, _args, context) => countText(context, [...gaps]),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The revision of the directory on which this was computed',
    resolve: ({ revision }) => revision,
  }),
}));

/** Of a finding with its statements. */
const BYTES_OF_FINDING = 3_000;

builder.queryField('findings', (t) =>
  t.field({
    type: FindingConnection,
    nullable: true,
    description:
      'What is found in the policies of a directory that somebody should look at, each with its proof: trust policies, policies of resources, inline ' +
      'policies of users and roles, and customer managed policies, of entities that the caller may list and as far as it may read the ' +
      `policies. Nothing else is counted. ${NULL_ANSWER}`,
    args: {
      kinds: t.arg({ type: [FindingKind], description: 'Only these kinds. Left out: all' }),
      accountIds: t.arg({
        type: ['AccountId'],
        description: 'Only of these accounts. Left out: of all that the caller may list',
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, { kinds, accountIds, ...args }, context) => {
      const page = pageOf(args);
      const asked = new Set(kinds ?? FINDING_KINDS);
      const search = {
        asked: ['findings', [...asked].sort(), accountIds ?? null],
        isNextPage: page.after !== null,
        bytesOf: ({ findings }: KnownFindings) => BYTES_OF_FINDING * (findings.length + 1),
        find: async (before: KnownFindings | null) => before ?? knownFindings(context, asked, accountIds ?? null),
      };
      const found = await inTurn(context, () => foundForPage(context, search));
      return { ...found, ...pageByKey(found.findings, page, found.revision, keyOfFinding) };
    },
  }),
);
