import type { AccessRoute as AccessRouteValue } from '../../access/access-routes.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_ACCOUNT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toOpenQuestion,
} from './question-input.ts';

const NeedInput = builder.inputType('NeedInput', {
  description: 'One thing that has to be possible',
  fields: (t) => ({
    action: t.string({ required: true, description: ACTION_DESCRIPTION }),
    resource: t.field({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
    resourceAccount: t.field({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
    context: t.field({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
  }),
});

const AccessRouteKind = builder.enumType('AccessRouteKind', {
  description: 'Under which identity work is done',
  values: {
    OWN_IDENTITY: { description: 'As oneself, keeping one’s own permissions' },
    ASSUMED_ROLE: { description: 'In a role, which makes one give up one’s own permissions' },
  } as const,
});

const AccessRoute = builder.objectRef<AccessRouteValue>('AccessRoute').implement({
  description: 'One identity under which to do the work, and how many of the needs it meets at the same time',
  fields: (t) => ({
    kind: t.field({ type: AccessRouteKind, description: 'As oneself, or in a role', resolve: ({ kind }) => kind }),
    roles: t.field({
      type: [Role],
      description: 'Roles to assume in order; empty for the principal’s own identity',
      resolve: ({ roles }) => roles.map(roleValue),
    }),
    decisions: t.field({
      type: [Decision],
      description:
        'One per need, in the order given; `matchedStatements` show whether an identity policy or a resource-based policy ' +
        'grants it',
      resolve: ({ answers }) => [...answers],
    }),
    meetsAll: t.exposeBoolean('meetsAll', { description: 'Whether every need is met' }),
    givesUp: t.field({
      type: [Decision],
      description: 'Needs that the principal could meet as itself and no longer can under this route',
      resolve: ({ givesUp }) => [...givesUp],
    }),
  }),
});

builder.queryField('accessRoutes', (t) =>
  t.field({
    type: [AccessRoute],
    nullable: true,
    description:
      'Ways to meet all needs at once: as oneself, or in one role; best first. Shows what a role makes one give up and a ' +
      'resource-based policy does not',
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'Who has the needs' }),
      needs: t.arg({ type: [NeedInput], required: true, description: 'What has to be possible, at most 100 needs' }),
    },
    resolve: async (_root, { principal, needs }, context) => {
      await checkMayAskAbout(context, principal, 'principal');
      const subject = ownSubject(context, { principal, assumedRole: null, session: null });
      const open = needs.map((need, index) => toOpenQuestion(need, `needs[${index}]`));
      return [...(await inTurn(context, () => context.access.accessRoutes(subject, open, context.now)))];
    },
  }),
);
