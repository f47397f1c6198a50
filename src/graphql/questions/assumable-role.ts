import type { AssumableRole as AssumableRoleValue } from '../../access/assumable-roles.ts';
import type { Subject } from '../../access/question.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal, refOf } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import { type OffsetArguments, type OffsetPage, offsetConnection, pageOfAll } from '../offset-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { Decision } from './decision.ts';

const AssumableRole = builder.objectRef<AssumableRoleValue>('AssumableRole').implement({
  description: 'A role that a principal can assume now, or could under the conditions named',
  fields: (t) => ({
    role: t.field({ type: Role, description: 'The role', resolve: ({ roleArn }) => roleValue(roleArn) }),
    decision: t.field({
      type: Decision,
      description: 'On the last step: sts:AssumeRole on the role. A denial when `requires` names something',
      resolve: ({ answer }) => answer,
    }),
    chain: t.field({
      type: [Role],
      description: 'Roles to assume one after the other, ending in `role`; one entry when it is assumed directly',
      resolve: ({ chain }) => chain.map(roleValue),
    }),
    requires: t.stringList({
      description:
        'Condition keys that the call has to carry with the right value: sts:ExternalId, aws:MultiFactorAuthPresent … Empty: ' +
        'it can be assumed now',
      resolve: ({ requires }) => [...requires],
    }),
  }),
});

const AssumableRoleConnection = offsetConnection('AssumableRole', AssumableRole, {
  page: 'Roles that a principal can assume, a page at a time: those it can assume now first',
  entry: 'A role that a principal can assume',
});

builder.interfaceField(Principal, 'assumableRoles', (t) =>
  t.field({
    type: AssumableRoleConnection,
    nullable: true,
    description: 'Roles that it can assume directly, now or under the conditions named',
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
      'Roles that a principal can assume, directly or one after the other, now or under the conditions named',
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'Who would assume them' }),
      maxDepth: t.arg.int({ description: 'How many roles may be assumed one after the other, 1 to 4. Left out: 1' }),
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
