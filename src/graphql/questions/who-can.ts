import type { PrincipalAccess as PrincipalAccessValue, WhoCan } from '../../access/who-can-answer.ts';
import { knownGapsOfSearch } from '../../guard/known-gaps.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { readableOutsiders } from '../../guard/readable-outsiders.ts';
import { searchScope } from '../../guard/search-scope.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { Principal } from '../entities/principal.ts';
import { inTurn } from '../in-turn.ts';
import { type KeyedPage, keyedConnection, pageOf, toPage } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { principalOf } from '../sessions/role-session.ts';
import { Decision } from './decision.ts';
import { Outsider } from './outsider.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toOpenQuestion,
} from './question-input.ts';

const PrincipalAccess = builder.objectRef<PrincipalAccessValue>('PrincipalAccess').implement({
  description: 'A principal that may do what was asked, or may do it under conditions',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'The principal. A role means a session of it whose name is not known',
      resolve: ({ answer }) => principalOf(answer.question.subject),
    }),
    decision: t.field({
      type: Decision,
      description: 'The decision, with its reasons. A denial if `conditions` is not empty',
      resolve: ({ answer }) => answer,
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description:
        'IAM condition blocks. The request is allowed if all of them hold; a condition on `aws:userid` says which name a session of ' +
        'the role needs. Empty: the request is allowed as it is',
      resolve: ({ conditions }) => [...conditions],
    }),
  }),
});

interface PrincipalAccessPage extends KeyedPage<PrincipalAccessValue>, Pick<WhoCan, 'outsiders' | 'revision'> {
  readonly gaps: () => Promise<string[]>;
}

const PrincipalAccessConnection = keyedConnection<PrincipalAccessValue, PrincipalAccessPage>(
  'PrincipalAccess',
  PrincipalAccess,
  {
    page:
      'A page of principals that may do what was asked: users before roles, each in the order of their ARNs. The next page continues ' +
      'after the ARN in its cursor, even if the directory has changed since',
    entry: 'A principal that may do what was asked',
  },
);

builder.objectFields(PrincipalAccessConnection, (t) => ({
  outsiders: t.field({
    type: [Outsider],
    description:
      'Who else the policy of the resource lets in: root users, services, unsigned requests, and principals that the directory does not ' +
      'hold. The same on every page. Entries whose statements the caller may not read are left out. The root user of the owner has an ' +
      'entry only if the policy names its account',
    resolve: async ({ outsiders }, _args, context) => [...(await readableOutsiders(context, outsiders))],
  }),
  gaps: t.stringList({
    description:
      'What the directory does not know of the resource and of the principals that the caller may ask about, by name, and which ' +
      'principals are not listed. Empty: nothing was left out',
    resolve: async ({ gaps }, _args, context) => countText(context, await gaps()),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The revision of the directory on which this was computed',
    resolve: ({ revision }) => revision,
  }),
}));

/** Of an entry of a page with its decision. */
const BYTES_OF_ENTRY = 2_000;

builder.queryField('whoCan', (t) =>
  t.field({
    type: PrincipalAccessConnection,
    nullable: true,
    description:
      'Every user and role that may do this as itself, without assuming a role for it, among those that the caller ' +
      'may ask about, itself included (iam:SimulatePrincipalPolicy). Others are not counted. `outsiders` lists who else the policy of ' +
      `the resource lets in. A checker needs to be made for it (\`search\`), and gets no outsiders. ${NULL_ANSWER}`,
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceAccount: t.arg({
        type: 'AccountId',
        description:
          'Owner of the resource. Required if the ARN names no account (S3) and the directory does not know the owner',
      }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      conditional: t.arg.boolean({
        defaultValue: false,
        description:
          'Whether to include principals and outsiders that may do this only under conditions that the question leaves open: condition ' +
          'keys of the request, or the name of a role session',
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, args, context) => {
      const { after, limit } = pageOf(args);
      const { access, now } = context;
      const question = toOpenQuestion(args, '');
      const conditional = args.conditional === true;
      const scope = await searchScope(context, { action: args.action, conditional, given: question.context });
      const options = { after: after?.key ?? null, limit, scope, conditional };
      const { path: _path, ...asked } = question;
      const search = {
        asked: ['whoCan', asked, conditional],
        isNextPage: after !== null,
        bytesOf: ({ list, entries }: WhoCan) =>
          list === null ? null : BYTES_OF_ENTRY * (entries.length + 10) + 8 * list.listed.principals.length,
        find: (before: WhoCan | null) => access.whoCan(question, { ...options, list: before?.list ?? null }, now),
      };
      const found = await inTurn(context, () => foundForPage(context, search));
      const { outsiders, revision } = found;
      const gaps = (): Promise<string[]> => knownGapsOfSearch(context, question, found);
      return {
        ...toPage(found, ({ answer }) => principalIdOf(answer.question.subject.principal)),
        outsiders,
        gaps,
        revision,
      };
    },
  }),
);
