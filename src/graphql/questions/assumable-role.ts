import type { AssumableRoles, AssumableRole as AssumableRoleValue } from '../../access/assumable-roles.ts';
import type { Subject } from '../../access/question.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { RolegateError } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { Principal, refOf } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import {
  type KeyedPage,
  keyedConnection,
  type PageArguments,
  type PageRequest,
  pageOf,
  toPage,
} from '../keyed-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION, notACursor } from '../page.ts';
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

type RolesPage = KeyedPage<AssumableRoleValue> & Pick<AssumableRoles, 'gaps' | 'revision'>;

const AssumableRoleConnection = keyedConnection<AssumableRoleValue, RolesPage>('AssumableRole', AssumableRole, {
  page:
    'Roles that a principal can assume, a page at a time: those it can assume now first, then by the length of the chain and ' +
    'the ARN. Sessions and access keys may come and go between two pages; after any other change, in which the order can ' +
    'become another one, `after` is answered with CONFLICT: ask again from the first page',
  entry: 'A role that a principal can assume',
});

builder.objectFields(AssumableRoleConnection, (t) => ({
  gaps: t.stringList({
    description: 'What the directory did not know and had to leave out, by name. Empty: nothing was guessed',
    resolve: ({ gaps }) => [...gaps],
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The state of the directory that this was worked out on',
    resolve: ({ revision }) => revision,
  }),
}));

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
  page: PageArguments,
): Promise<RolesPage> {
  const asked = pageOf(page);
  await checkMayAskAbout(context, subject.principal, 'principal');
  const own = ownSubject(context, subject);
  const found = await inTurn(context, () => context.access.searchRoles(own, { maxDepth }, context.now));
  const before = await precedingOf(context, found, asked);
  const { gaps, revision, roles } = found;
  const entries = roles.slice(before, before + asked.limit);
  return { ...toPage({ entries, before, total: roles.length, revision }, arnOf), gaps, revision };
}

/** How many roles stand before the page. Throws CONFLICT where that can have become another number. */
async function precedingOf(
  { directory }: GatewayContext,
  { roles, revision }: AssumableRoles,
  { after }: PageRequest,
): Promise<number> {
  if (after === null) return 0;
  if (after.revision !== revision && (await directory.changedSince(after.revision))) {
    throw new RolegateError(
      'CONFLICT',
      'the directory has changed since the page before: ask again from the first page, without `after`',
      { field: 'after' },
    );
  }
  const place = roles.findIndex((role) => arnOf(role) === after.key);
  if (place === -1) throw notACursor('after');
  return place + 1;
}

function arnOf({ roleArn }: AssumableRoleValue): string {
  return roleArn;
}
