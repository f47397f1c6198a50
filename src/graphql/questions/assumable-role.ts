import type { AssumableRole as AssumableRoleValue } from '../../access/assumable-roles.ts';
import type { Subject } from '../../access/question.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal, refOf } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { type OffsetArguments, type OffsetPage, offsetConnection, pageOfAll } from '../offset-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { Decision } from './decision.ts';

const AssumableRole = builder.objectRef<AssumableRoleValue>('AssumableRole').implement({
  description: 'A role that a principal can assume now, or with additional condition keys',
  fields: (t) => ({
    role: t.field({ type: Role, description: 'The role', resolve: ({ roleArn }) => roleValue(roleArn) }),
    decision: t.field({
      type: Decision,
      description: 'Decision on the last step, sts:AssumeRole on the role. It is a denial if `requires` is not empty',
      resolve: ({ answer }) => answer,
    }),
    chain: t.field({
      type: [Role],
      description: 'Roles to assume one after the other, ending with `role`; one entry if the role is assumed directly',
      resolve: ({ chain }) => chain.map(roleValue),
    }),
    requires: t.stringList({
      description:
        'Condition keys that the call must have with the right value: sts:ExternalId, aws:MultiFactorAuthPresent … ' +
        'Empty: the role can be assumed now',
      resolve: ({ requires }) => [...requires],
    }),
  }),
});

const AssumableRoleConnection = offsetConnection('AssumableRole', AssumableRole, {
  page: 'A page of roles that a principal can assume; roles that it can assume now come first',
  entry: 'A role that a principal can assume',
});

builder.interfaceField(Principal, 'assumableRoles', (t) =>
  t.field({
    type: AssumableRoleConnection,
    nullable: true,
    description: `Roles that the principal can assume directly, now or with additional condition keys. ${NULL_ANSWER}`,
    args: {
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: (parent, page, context) =>
      assumableRoles(context, { principal: refOf(parent), assumedRole: null, session: null }, 1, page),
  }),
);

builder.queryField('assumableRoles', (t) =>
  t.field({
    type: AssumableRoleConnection,
    nullable: true,
    description:
      'Roles that a principal can assume, directly or one after the other, now or with additional condition keys. ' +
      NULL_ANSWER,
    args: {
      principal: t.arg({
        type: 'PrincipalId',
        required: true,
        description: 'The principal that would assume the roles',
      }),
      maxDepth: t.arg.int({
        description: 'Greatest number of roles to assume one after the other, 1 to 4. Left out: 1',
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: (_root, { principal, maxDepth, ...page }, context) =>
      assumableRoles(context, { principal, assumedRole: null, session: null }, maxDepth ?? 1, page),
  }),
);

async function assumableRoles(
  context: GatewayContext,
  subject: Subject,
  maxDepth: number,
  page: OffsetArguments,
): Promise<OffsetPage<AssumableRoleValue>> {
  await checkMayAskAbout(context, subject.principal, 'principal');
  const own = ownSubject(context, subject);
  const roles = await inTurn(context, () => context.access.assumableRoles(own, { maxDepth }, context.now));
  return pageOfAll(roles, page);
}
