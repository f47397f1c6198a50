import type { AssumableRoles, AssumableRole as AssumableRoleValue } from '../../access/assumable-roles.ts';
import type { Subject } from '../../access/question.ts';
import { checkMayAskAbout, ownSubject } from '../../guard/ask.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { toldRequirements } from '../../guard/told-keys.ts';
import { asFarAsKnown, knowsItselfAlone } from '../../guard/veils.ts';
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
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION, notACursor } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { Decision } from './decision.ts';

/** A role with all roles of the search that found it. */
interface FoundRole extends AssumableRoleValue {
  readonly found: readonly AssumableRoleValue[];
}

const AssumableRole = builder.objectRef<FoundRole>('AssumableRole').implement({
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
      resolve: (role, _args, context) => toldRequirements(context, role, role.found),
    }),
  }),
});

type RolesPage = KeyedPage<FoundRole> & Pick<AssumableRoles, 'gaps' | 'revision'>;

const AssumableRoleConnection = keyedConnection<FoundRole, RolesPage>('AssumableRole', AssumableRole, {
  page:
    'A page of roles that a principal can assume: roles that it can assume now come first, then shorter chains, then the ARNs in ' +
    'order. Sessions and credentials may change between two pages. After any other change the order can be different: `after` then ' +
    'fails with CONFLICT, and the list must be requested from the first page again',
  entry: 'A role that a principal can assume',
});

builder.objectFields(AssumableRoleConnection, (t) => ({
  gaps: t.stringList({
    description:
      'What the directory does not know and the answer had to leave out, by name. Empty: nothing was left out',
    resolve: ({ gaps }, _args, context) => countText(context, [...gaps]),
  }),
  revision: t.field({
    type: 'Revision',
    description: 'The revision of the directory on which this was computed',
    resolve: ({ revision }) => revision,
  }),
}));

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

/** Of an entry that is kept for the next page, with its decision. */
const BYTES_OF_ROLE = 2_000;

async function assumableRoles(
  context: GatewayContext,
  subject: Subject,
  maxDepth: number,
  page: PageArguments,
): Promise<RolesPage> {
  const asked = pageOf(page);
  await checkMayAskAbout(context, subject.principal, 'principal');
  const own = ownSubject(context, subject);
  const search = {
    asked: ['assumableRoles', own, maxDepth, await knowsItselfAlone(context, own)],
    isNextPage: asked.after !== null,
    bytesOf: ({ roles }: AssumableRoles) => BYTES_OF_ROLE * roles.length,
    find: async (before: AssumableRoles | null) =>
      before ?? asFarAsKnown(context, own, new Map(), (access) => access.searchRoles(own, { maxDepth }, context.now)),
  };
  const found = await inTurn(context, () => foundForPage(context, search));
  const before = await precedingOf(context, found, asked);
  const { gaps, revision, roles } = found;
  const entries = roles.slice(before, before + asked.limit).map((role) => ({ ...role, found: roles }));
  return { ...toPage({ entries, before, total: roles.length, revision }, arnOf), gaps, revision };
}

/** Number of roles before the page. Throws CONFLICT if the order can have changed since the cursor was returned. */
async function precedingOf(
  { directory }: GatewayContext,
  { roles, revision }: AssumableRoles,
  { after }: PageRequest,
): Promise<number> {
  if (after === null) return 0;
  if (after.revision !== revision && (await directory.changedSince(after.revision))) {
    throw new RolegateError(
      'CONFLICT',
      'the directory has changed since the previous page: ask again from the first page, without `after`',
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
