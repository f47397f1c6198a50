import type { OpenQuestion } from '../../access/question.ts';
import type { PrincipalAccess as PrincipalAccessValue, WhoCan, WhoCanScope } from '../../access/who-can.ts';
import { mayAskAbout } from '../../guard/ask.ts';
import { checkOwnerMayBeKnown, mayKnowResource } from '../../guard/known-owner.ts';
import { accountsWithin } from '../../guard/visible-accounts.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import type { PrincipalCaller } from '../../session/caller.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal } from '../entities/principal.ts';
import { inTurn } from '../in-turn.ts';
import { type KeyedPage, keyedConnection, pageOf, toPage } from '../keyed-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { principalOf } from '../sessions/role-session.ts';
import { Decision } from './decision.ts';
import { Outsider, readableOutsiders } from './outsider.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toOpenQuestion,
} from './question-input.ts';

const PrincipalAccess = builder.objectRef<PrincipalAccessValue>('PrincipalAccess').implement({
  description: 'A principal that may do what was asked, or may under conditions',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'Who may. A role stands for a session of it whose name is not known',
      resolve: ({ answer }) => principalOf(answer.question.subject),
    }),
    decision: t.field({
      type: Decision,
      description: 'Why it may. A denial where `conditions` names something',
      resolve: ({ answer }) => answer,
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description:
        'IAM condition blocks, all of which have to hold for it to be allowed; `aws:userid` says which name a session of the role ' +
        'needs. Of several ways one with few conditions. Empty: it is allowed',
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
      'Principals that may do what was asked, a page at a time: users before roles, each in the order of their ARNs. A page goes ' +
      'on behind the ARN that its cursor has, whatever has changed since: it is decided on the present state of the directory',
    entry: 'A principal that may do what was asked',
  },
);

builder.objectFields(PrincipalAccessConnection, (t) => ({
  outsiders: t.field({
    type: [Outsider],
    description:
      'Whom else the policy of the resource lets in: root users, services, unsigned requests and principals that the directory does ' +
      'not hold; the same on every page. Those that a policy lets in which the caller may not read are left out. So is the root user ' +
      'of the owner, who may without being let in by a policy',
    resolve: async ({ outsiders }, _args, context) => [...(await readableOutsiders(context, outsiders))],
  }),
  gaps: t.stringList({
    description:
      'What the directory did not know and had to leave out, by name, of the resource and of the principals that the caller may ask ' +
      'about; and who is left out of the list. Empty: nothing was guessed',
    resolve: ({ gaps }) => gaps(),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The state of the directory that this was decided on',
    resolve: ({ revision }) => revision,
  }),
}));

/** Whom the caller may ask about. */
async function askableScope(context: GatewayContext, caller: PrincipalCaller): Promise<WhoCanScope> {
  return {
    accounts: [...(await accountsWithin(context, caller.ref))].sort(),
    visible: (principals) => Promise.all(principals.map((principal) => mayAskAbout(context, principal))),
  };
}

/** What was not known of the resource is for who may know of the resource. */
async function knownGaps(context: GatewayContext, question: OpenQuestion, found: WhoCan): Promise<string[]> {
  const { gaps, resourceGaps } = found;
  const isKnown = resourceGaps.length > 0 && (await mayKnowResource(context, question));
  return isKnown ? [...resourceGaps, ...gaps] : [...gaps];
}

builder.queryField('whoCan', (t) =>
  t.field({
    type: PrincipalAccessConnection,
    nullable: true,
    description:
      'Every user and role that may do this, as itself, without assuming a role for it: of those that the caller may ask ' +
      'about, itself included (iam:SimulatePrincipalPolicy). Others are not counted either. `outsiders` says whom else the policy ' +
      'of the resource lets in',
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceAccount: t.arg({
        type: 'AccountId',
        description:
          'Owner of the resource. It has to be given where the ARN names no account (S3) and the directory does not know the owner, or ' +
          'the caller may not know that it does',
      }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      conditional: t.arg.boolean({
        defaultValue: false,
        description:
          'Also those who may only under conditions that the question leaves open: condition keys of the request, or the name of a ' +
          'role session',
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, args, context) => {
      const { after, limit } = pageOf(args);
      const { access, caller, now } = context;
      const question = toOpenQuestion(args, '');
      await checkOwnerMayBeKnown(context, question);
      const scope = caller.kind === 'principal' ? await askableScope(context, caller) : null;
      const options = { after: after?.key ?? null, limit, scope, conditional: args.conditional === true };
      const found = await inTurn(context, () => access.whoCan(question, options, now));
      const { outsiders, revision } = found;
      const gaps = (): Promise<string[]> => knownGaps(context, question, found);
      return {
        ...toPage(found, ({ answer }) => principalIdOf(answer.question.subject.principal)),
        outsiders,
        gaps,
        revision,
      };
    },
  }),
);
