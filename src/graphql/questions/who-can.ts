import { askedActions, MOST_ACTIONS } from '../../access/asked-actions.ts';
import type { OpenQuestion } from '../../access/question.ts';
import type {
  ActionAccess as ActionAccessValue,
  PrincipalAccess as PrincipalAccessValue,
  WhoCan,
} from '../../access/who-can-answer.ts';
import type { WhoCanAny, WhoCanAnyList } from '../../access/who-can-any.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { knownGapsOfSearch } from '../../guard/known-gaps.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { readableOutsiders } from '../../guard/readable-outsiders.ts';
import { searchScope } from '../../guard/search-scope.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal } from '../entities/principal.ts';
import { inTurn } from '../in-turn.ts';
import { type KeyedPage, keyedConnection, type PageArguments, pageOf, toPage } from '../keyed-connection.ts';
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

const ActionAccess = builder.objectRef<ActionAccessValue>('ActionAccess').implement({
  description: 'One action that a principal may do, or may do under conditions',
  fields: (t) => ({
    decision: t.field({
      type: Decision,
      description: 'The decision, which names the action. A denial if `conditions` is not empty',
      resolve: ({ answer }) => answer,
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description: 'As `PrincipalAccess.conditions`, for this action',
      resolve: ({ conditions }) => [...conditions],
    }),
  }),
});

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
      description:
        'The decision, with its reasons. A denial if `conditions` is not empty. Of several actions, that on the first one that is ' +
        'allowed, if possible without conditions',
      resolve: ({ answer }) => answer,
    }),
    actions: t.field({
      type: [ActionAccess],
      description: 'Of the actions that were asked about, those that the principal may do, in their order',
      resolve: (access) => [...(access.actions ?? [access])],
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
      'may ask about, itself included (iam:SimulatePrincipalPolicy). Others are not counted. With several actions, or none, those who may ' +
      'do at least one of them: see `PrincipalAccess.actions`. `outsiders` lists who else the policy of ' +
      `the resource lets in. A checker needs to be made for it (\`search\`), and gets no outsiders. ${NULL_ANSWER}`,
    args: {
      action: t.arg.string({ description: `${ACTION_DESCRIPTION}. Left out: see \`actions\`` }),
      actions: t.arg.stringList({
        description: `Several actions, instead of \`action\`: at most ${MOST_ACTIONS}. Both left out: all that the type of \`resource\` takes`,
      }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceIsPattern: t.arg.boolean({
        defaultValue: false,
        description:
          'Whether `*` and `?` in `resource` are wildcards. The answer then lists those who may do the action on at least one resource that the ' +
          'pattern names, whether the directory holds it or not: `decision.coverage` is ALL or SOME, and `decision.allowed` is true for ALL alone. ' +
          'Without outsiders, and not with `conditional`. False: they are characters of a name',
      }),
      onAll: t.arg.boolean({
        defaultValue: false,
        description: 'With a pattern: whether to list only those who may do the action on every resource that it names',
      }),
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
    resolve: async (_root, { action, actions, ...args }, context) => {
      if (action == null) return pageOfAny(context, { ...args, actions: actions ?? null });
      if (actions != null) throw new InvalidInput('actions', 'give `action` or `actions`, not both');
      const question = toOpenQuestion({ ...args, action }, '');
      const { page, options, how } = await asked(context, args, [action], question);
      const { path: _path, ...rest } = question;
      const search = {
        asked: ['whoCan', rest, how],
        isNextPage: options.after !== null,
        bytesOf: ({ list, entries }: WhoCan) =>
          list === null ? null : BYTES_OF_ENTRY * (entries.length + 10) + 8 * list.listed.principals.length,
        find: (before: WhoCan | null) =>
          context.access.whoCan(question, { ...options, list: before?.list ?? null }, context.now),
      };
      return page(await inTurn(context, () => foundForPage(context, search)), [question]);
    },
  }),
);

interface Arguments extends PageArguments {
  readonly resource: string;
  readonly resourceAccount?: string | null | undefined;
  readonly context?: RequestContext | null | undefined;
  readonly assumeContextKeys?: boolean | null | undefined;
  readonly conditional?: boolean | null | undefined;
  readonly resourceIsPattern?: boolean | null | undefined;
  readonly onAll?: boolean | null | undefined;
}

/** What the answers for one action and for several have in common. */
async function asked(
  context: GatewayContext,
  args: Arguments,
  actions: readonly string[],
  { context: ofCall }: { readonly context: RequestContext },
) {
  const { after, limit } = pageOf(args);
  const conditional = args.conditional === true;
  const scope = await searchScope(context, { actions, conditional, given: ofCall });
  const page = (found: Omit<WhoCan, 'list'>, questions: readonly OpenQuestion[]): PrincipalAccessPage => ({
    ...toPage(found, ({ answer }) => principalIdOf(answer.question.subject.principal)),
    outsiders: found.outsiders,
    gaps: () => knownGapsOfSearch(context, questions, found),
    revision: found.revision,
  });
  const onAll = args.onAll === true;
  return { page, how: [conditional, onAll], options: { after: after?.key ?? null, limit, scope, conditional, onAll } };
}

/** Everybody who may do one of several actions. */
async function pageOfAny(
  context: GatewayContext,
  { actions, ...args }: Arguments & { readonly actions: readonly string[] | null },
): Promise<PrincipalAccessPage> {
  // The services of applications are those of the directory's revision.
  await context.directory.revision();
  const { action: _none, ...question } = toOpenQuestion({ ...args, action: '' }, '');
  const all = askedActions(context.catalog.now, actions, question).map(({ name }) => name);
  const { page, options, how } = await asked(context, args, all, question);
  const { path: _path, ...rest } = question;
  const search = {
    asked: ['whoCan', rest, actions, how],
    isNextPage: options.after !== null,
    bytesOf: ({ list, entries }: WhoCanAny) =>
      list === null ? null : BYTES_OF_ENTRY * (entries.length + 10) + 8 * list.principals.length + bytesOfLists(list),
    find: (before: WhoCanAny | null) =>
      context.access.whoCanAny({ ...question, actions }, { ...options, list: before?.list ?? null }, context.now),
  };
  const found = await inTurn(context, () => foundForPage(context, search));
  return page(
    found,
    all.map((action) => ({ ...question, action })),
  );
}

/** Of an entry of a set. */
const BYTES_OF_MEMBER = 40;

function bytesOfLists({ listed }: WhoCanAnyList): number {
  return listed.reduce((sum, some) => sum + BYTES_OF_MEMBER * some.size, 0);
}
