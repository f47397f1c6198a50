import type { AccessRoute as AccessRouteValue } from '../../access/access-routes.ts';
import { roleRef } from '../../access/assumable-roles.ts';
import { checkMayAskAbout, mayAskAbout, ownSubject } from '../../guard/ask.ts';
import { asFarAsKnown } from '../../guard/veils.ts';
import { builder } from '../builder.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  RESOURCE_ACCOUNT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  toOpenQuestion,
} from './question-input.ts';

const NeedInput = builder.inputType('NeedInput', {
  description: 'A need: a request that must be allowed',
  fields: (t) => ({
    action: t.string({ required: true, description: ACTION_DESCRIPTION }),
    resource: t.field({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
    resourceAccount: t.field({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
    context: t.field({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
  }),
});

const AccessRouteKind = builder.enumType('AccessRouteKind', {
  description: 'Kind of an access route',
  values: {
    OWN_IDENTITY: { description: 'The principal acts as itself and keeps its own permissions' },
    ASSUMED_ROLE: { description: 'The principal acts in a role and gives up its own permissions' },
  } as const,
});

const AccessRoute = builder.objectRef<AccessRouteValue>('AccessRoute').implement({
  description: 'An identity that the principal can act as, and the needs that it meets at the same time',
  fields: (t) => ({
    kind: t.field({
      type: AccessRouteKind,
      description: 'Whether the principal acts as itself or in a role',
      resolve: ({ kind }) => kind,
    }),
    roles: t.field({
      type: [Role],
      description: 'Roles to assume in order; empty for the principal’s own identity',
      resolve: ({ roles }) => roles.map(roleValue),
    }),
    decisions: t.field({
      type: [Decision],
      description:
        'One decision per need, in the given order. `grantedBy` says whether an identity policy or a resource-based policy grants it',
      resolve: ({ answers }) => [...answers],
    }),
    meetsAll: t.exposeBoolean('meetsAll', { description: 'Whether every need is met' }),
    sessionLimit: t.int({
      nullable: true,
      description:
        'Seconds that a session of the last role lasts at most because temporary credentials assume it (role chaining). Null: the ' +
        '`maxSessionDuration` of the role is the limit, or no role is assumed',
      resolve: ({ sessionLimit }) => sessionLimit,
    }),
    givesUp: t.field({
      type: [Decision],
      description: 'Needs that the principal meets as itself, but not with this route',
      resolve: ({ givesUp }) => [...givesUp],
    }),
  }),
});

builder.queryField('accessRoutes', (t) =>
  t.field({
    type: [AccessRoute],
    nullable: true,
    description:
      'Ways to meet all needs at the same time: as itself, or in one role; best first. They show which permissions ' +
      'the principal gives up in a role, but keeps with a resource-based policy. Through a role on the way to another one lead only routes ' +
      `of callers that may ask about it. ${NULL_ANSWER}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'The principal that has the needs' }),
      needs: t.arg({ type: [NeedInput], required: true, description: 'The needs, at most 100' }),
      maxDepth: t.arg.int({
        description: 'Greatest number of roles to assume one after the other, 1 to 3. Left out: 1',
      }),
    },
    resolve: async (_root, { principal, needs, maxDepth }, context) => {
      await checkMayAskAbout(context, principal, 'principal');
      const subject = ownSubject(context, { principal, assumedRole: null, session: null });
      const open = needs.map((need, index) => toOpenQuestion(need, `needs[${index}]`));
      const options = {
        maxDepth: maxDepth ?? 1,
        mayAskAbout: async (roleArn: string) => mayAskAbout(context, roleRef(roleArn)),
      };
      const routes = await inTurn(context, () =>
        asFarAsKnown(context, subject, null, (access) => access.accessRoutes(subject, open, options, context.now)),
      );
      return [...routes];
    },
  }),
);
