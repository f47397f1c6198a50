import {
  FINDING_KINDS,
  type FINDING_WEIGHTS,
  type FindingKind as FindingKindValue,
  type FoundOutsider,
  keyOfFinding,
} from '../../access/findings/finding.ts';
import type { Acknowledgement } from '../../directory/stores/acknowledgement-store.ts';
import { byAcknowledgement, type ListedFinding } from '../../guard/acknowledged-findings.ts';
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
  DATA_EXFILTRATION:
    'An Allow of an inline or customer managed policy, which is not told as one of everything, gives actions that read or copy what is stored (files, ' +
    'records, messages, secrets, snapshots) on every resource, without conditions',
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
    HIGH: {
      description: 'Permissions can be changed, or data read, on every resource, or outsiders can change something',
    },
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

const FindingAcknowledgement = builder.objectRef<Acknowledgement>('FindingAcknowledgement').implement({
  description: 'Why a finding was set apart, and for how long. The audit trail says by whom (UpdateFindings)',
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'Why nothing needs to be done' }),
    acknowledgedAt: t.field({
      type: 'DateTime',
      description: 'When it was set apart',
      resolve: ({ acknowledgedAt }) => new Date(acknowledgedAt),
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is listed again; null: when the document changes',
      resolve: ({ until }) => (until === null ? null : new Date(until)),
    }),
  }),
});

export const Finding = builder.objectRef<ListedFinding>('Finding').implement({
  description: 'Something in a policy that somebody should look at, with what proves it',
  fields: (t) => ({
    id: t.id({
      description: 'It is another one where the document, or what is found in it, has changed',
      resolve: ({ finding }) => finding.id,
    }),
    acknowledgement: t.field({
      type: FindingAcknowledgement,
      nullable: true,
      description: 'How it was set apart; null: it is not, or no more',
      resolve: ({ acknowledgement }) => acknowledgement,
    }),
    kind: t.field({ type: FindingKind, description: 'What is found', resolve: ({ finding: { kind } }) => kind }),
    weight: t.field({
      type: FindingWeight,
      description: 'How much it weighs',
      resolve: ({ finding: { weight } }) => weight,
    }),
    arn: t.field({
      type: 'Arn',
      description:
        'What has the policy: a role, a user, a group, a resource, a VPC endpoint, or the managed or control policy itself',
      resolve: ({ finding: { arn } }) => arn,
    }),
    accountId: t.field({
      type: 'AccountId',
      nullable: true,
      description: 'Its account; null: not known',
      resolve: ({ finding: { accountId } }) => accountId,
    }),
    policyName: t.string({
      nullable: true,
      description: 'Name of the inline policy; null: the policy is none',
      resolve: ({ finding: { policyName } }) => policyName,
    }),
    message: t.string({
      description: 'What is found, in a sentence for people',
      resolve: ({ finding: { message } }) => message,
    }),
    outsider: t.field({
      type: FindingOutsider,
      nullable: true,
      description: 'Of PUBLIC_ACCESS and CROSS_ACCOUNT_ACCESS: who is let in; null for other kinds',
      resolve: ({ finding: { outsider } }) => outsider,
    }),
    actions: t.stringList({
      description: 'The actions that it is about, the worst first; empty: it is about a document',
      resolve: ({ finding: { actions } }, _args, context) => countText(context, [...actions]),
    }),
    resource: t.field({
      type: 'Arn',
      nullable: true,
      description:
        'The resource on which the first of `actions` was decided, for `whoCan` with `conditional: true`; an example of those inside a bucket. ' +
        'Null: the proof is another one',
      resolve: ({ finding: { resource } }) => resource,
    }),
  }),
});

builder.objectFields(Finding, (t) => ({
  statements: t.field({
    type: [MatchedStatement],
    description:
      'The statements that prove it. Of SHADOWED_STATEMENT the one without effect and then the one that contains it. Without those of ' +
      'policies that the caller may not read',
    resolve: ({ finding: { statements } }) => [...statements],
  }),
  witness: t.field({
    type: GrantedRequest,
    nullable: true,
    description: 'A request that the document grants and that shows it; null: the proof is another one',
    resolve: ({ finding: { witness } }) => witness,
  }),
  unreadable: t.field({
    type: [PolicyFinding],
    description:
      'Of UNREADABLE_DOCUMENT: what cannot be read, and where. Empty: the content is not known, or it can be read',
    resolve: ({ finding: { unreadable } }) => unreadable.map((finding) => ({ finding, written: true })),
  }),
}));

interface FindingPage extends KeyedPage<ListedFinding>, Omit<KnownFindings, 'findings'> {}

const FindingConnection = keyedConnection<ListedFinding, FindingPage>('Finding', Finding, {
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
      'What the directory does not know of the resources that were gone through, by name, and what was not gone through because it is too much. Empty: ' +
      'nothing was left out',
    resolve: ({ gaps }, _args, context) => countText(context, [...gaps]),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The revision of the directory on which this was computed',
    resolve: ({ revision }) => revision,
  }),
}));

/** Of a finding beside the documents that it is about. Measured. */
const BYTES_OF_FINDING = 700;

function bytesOf(findings: KnownFindings['findings']): number {
  const texts = new Set(findings.flatMap(({ statements }) => statements.map(({ documentText }) => documentText ?? '')));
  let bytes = BYTES_OF_FINDING * (findings.length + 1);
  for (const text of texts) bytes += text.length;
  for (const { actions, unreadable } of findings) bytes += 10 * actions.length + 300 * unreadable.length;
  return bytes;
}

builder.queryField('findings', (t) =>
  t.field({
    type: FindingConnection,
    nullable: true,
    description:
      'What is found in the policies of a directory that somebody should look at, each with its proof: trust policies, policies of resources, inline ' +
      'policies of users, roles and groups with members, customer managed policies, control policies above accounts, and policies of VPC ' +
      'endpoints (of the last two: what cannot be read, and what has no effect), of entities that the caller may list and as far as it may read the ' +
      `policies. Nothing else is counted. ${NULL_ANSWER}`,
    args: {
      kinds: t.arg({ type: [FindingKind], description: 'Only these kinds. Left out: all' }),
      accountIds: t.arg({
        type: ['AccountId'],
        description: 'Only of these accounts. Left out: of all that the caller may list',
      }),
      acknowledged: t.arg.boolean({
        description: 'Those that were set apart with `acknowledgeFinding`, instead of those that were not',
        defaultValue: false,
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, { kinds, accountIds, acknowledged, ...args }, context) => {
      const page = pageOf(args);
      const asked = new Set(kinds ?? FINDING_KINDS);
      const search = {
        asked: ['findings', [...asked].sort(), accountIds ?? null],
        isNextPage: page.after !== null,
        bytesOf: (found: KnownFindings) => bytesOf(found.findings),
        find: async (before: KnownFindings | null) => before ?? knownFindings(context, asked, accountIds ?? null),
      };
      const found = await inTurn(context, () => foundForPage(context, search));
      // What was set apart meanwhile is not part of what was found.
      const listed = await byAcknowledgement(context, found.findings, acknowledged === true);
      return { ...found, ...pageByKey(listed, page, found.revision, ({ finding }) => keyOfFinding(finding)) };
    },
  }),
);
