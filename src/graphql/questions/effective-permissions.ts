import { compareAccess } from '../../access/compare-access.ts';
import type { DecideTools } from '../../access/decide.ts';
import {
  type EffectivePermissions as EffectivePermissionsValue,
  effectivePermissions as permissionsOf,
} from '../../access/effective-permissions.ts';
import type { Subject } from '../../access/question.ts';
import { Work } from '../../access/work.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import type { Veil } from '../../evaluation/veil.ts';
import { ask, checkMayAskAbout, subjectAsKnown } from '../../guard/ask.ts';
import { foundForPage } from '../../guard/next-pages.ts';
import { asFarAsKnown } from '../../guard/veils.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { PERMISSIONS_COST } from '../cost.ts';
import { Principal, refOf } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { inTurn } from '../in-turn.ts';
import { given } from '../input.ts';
import { pageOf, pageOfList } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { principalOf } from '../sessions/role-session.ts';
import { AccessComparison } from './access-comparison.ts';
import { Decision } from './decision.ts';
import { EffectivePermissionConnection, PermissionFilterInput } from './effective-permission.ts';
import {
  ACTION_DESCRIPTION,
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CONTEXT_DESCRIPTION,
  HypotheticalSessionInput,
  RESOURCE_ACCOUNT_DESCRIPTION,
  RESOURCE_DESCRIPTION,
  SESSION_DESCRIPTION,
  toQuestion,
  toSubject,
} from './question-input.ts';
import { ServiceSummary } from './service-summary.ts';

const EffectivePermissions = builder.objectRef<EffectivePermissionsValue>('EffectivePermissions');

EffectivePermissions.implement({
  description:
    'Everything that a principal may do, in closed form: not a sample. A request is allowed exactly if it lies in ' +
    'some `allow` term and in no `deny` term of its action. Terms are about the principal’s own partition (`aws`, ' +
    '`aws-cn` …): nothing is allowed on resources of another one',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'The principal that has the permissions',
      resolve: ({ subject }) => principalOf(subject),
    }),
    assumedRole: t.field({
      type: Role,
      nullable: true,
      description: 'The role whose permissions the principal has; null: its own permissions',
      resolve: ({ subject }) => (subject.assumedRole === null ? null : roleValue(subject.assumedRole)),
    }),
    suspended: t.field({
      type: EffectivePermissions,
      nullable: true,
      description:
        'In a role: the permissions that the principal gave up, and gets back when it leaves the role. Otherwise null',
      resolve: ({ suspended }) => suspended,
    }),
    permissions: t.field({
      type: EffectivePermissionConnection,
      description:
        'One entry for every action of the catalogue that is allowed on some resource, in the order of their names',
      args: {
        filter: t.arg({ type: PermissionFilterInput, description: 'Which permissions to return. Left out: all' }),
        first: t.arg.int({ description: FIRST_DESCRIPTION }),
        after: t.arg.string({ description: AFTER_DESCRIPTION }),
      },
      resolve: (set, { filter, ...page }, context) => {
        const asked = pageOf(page);
        return inTurn(context, () =>
          pageOfList(set.listed(given(filter ?? {})), asked, set.revision, ({ action }) => action),
        );
      },
    }),
    summary: t.field({
      type: [ServiceSummary],
      description: 'The number of allowed actions by service; services without any are left out. See `partial`',
      resolve: (set, _args, context) => inTurn(context, async () => [...(await set.summary())]),
    }),
    policyDocument: t.field({
      type: 'PolicyDocument',
      description: 'The same permissions as one IAM policy',
      complexity: PERMISSIONS_COST,
      resolve: (set, _args, context) => inTurn(context, () => set.policyDocument()),
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory on which this was computed',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.objectFields(EffectivePermissions, (t) => ({
  partial: t.stringList({
    description:
      'Names of the actions about which the policies say more than can be listed: `permissions` leaves them out, and `summary` where ' +
      'no allowed request is found soon. `can` and `decision` answer about them. Empty: nothing is left out',
    complexity: PERMISSIONS_COST,
    resolve: (set, _args, context) => inTurn(context, async () => countText(context, [...(await set.partial())])),
  }),
  gaps: t.stringList({
    description:
      'What the directory does not know and the answer had to leave out, by name. Empty: nothing was left out',
    resolve: (set, _args, context) => inTurn(context, async () => countText(context, [...(await set.gaps())])),
  }),
}));

builder.objectField(EffectivePermissions, 'can', (t) =>
  t.field({
    type: Decision,
    nullable: true,
    description: `Whether this principal, in this role, may make one request. Batched like Principal.can. ${NULL_ANSWER}`,
    args: {
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resource: t.arg({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
      resourceAccount: t.arg({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
      context: t.arg({
        type: 'RequestContext',
        description: 'Condition keys of the request. Left out: those that the permissions were requested with',
      }),
      assumeContextKeys: t.arg.boolean({
        description: `${ASSUME_KEYS_DESCRIPTION}. Left out: as the permissions were asked for`,
      }),
    },
    resolve: (set, args, context) => {
      const { context: ofCall, assumeContextKeys } = args;
      const given = {
        ...args,
        context: ofCall ?? set.context,
        assumeContextKeys: assumeContextKeys ?? set.assumeContextKeys,
      };
      return ask(context, toQuestion(set.subject, given, ''));
    },
  }),
);

const NO_CONTEXT: RequestContext = new Map();

function toolsOf({ access, directory, catalog, work }: GatewayContext, veil: Veil | null): DecideTools {
  return { directory, catalog, actions: access.assumptionActions, work, ...(veil === null ? {} : { veil }) };
}

async function effectivePermissions(
  context: GatewayContext,
  subject: Subject,
  requestContext: RequestContext | null | undefined,
  assumeContextKeys: boolean | null | undefined,
): Promise<EffectivePermissionsValue> {
  await checkMayAskAbout(context, subject.principal, 'principal');
  const asked = await subjectAsKnown(context, subject);
  const given = requestContext ?? NO_CONTEXT;
  const assumes = assumeContextKeys ?? true;
  const search = {
    asked: ['effectivePermissions', asked, given, assumes],
    // What does not depend on the time is the same for the first page, too.
    isNextPage: true,
    bytesOf: ({ bytes }: EffectivePermissionsValue) => bytes,
    find: async (before: EffectivePermissionsValue | null) =>
      before ??
      asFarAsKnown(context, asked, given, (_access, veil) =>
        permissionsOf(toolsOf(context, veil), asked, given, context.now, assumes),
      ),
  };
  const found = await inTurn(context, () => foundForPage(context, search));
  return found.during(context.work ?? new Work());
}

builder.interfaceField(Principal, 'effectivePermissions', (t) =>
  t.field({
    type: EffectivePermissions,
    nullable: true,
    description: `Everything that the principal may do, as itself or in a role. ${NULL_ANSWER}`,
    args: {
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
    },
    resolve: (parent, { assumedRole, context: requestContext, assumeContextKeys }, context) =>
      effectivePermissions(
        context,
        { principal: refOf(parent), assumedRole: assumedRole ?? null, session: null },
        requestContext,
        assumeContextKeys,
      ),
  }),
);

builder.queryField('effectivePermissions', (t) =>
  t.field({
    type: EffectivePermissions,
    nullable: true,
    description: `Everything that a principal may do, as itself or in a role. ${NULL_ANSWER}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'The principal' }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      context: t.arg({
        type: 'RequestContext',
        description:
          'Condition keys that all requests have; conditions that they settle are not repeated in the answer',
      }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
    },
    resolve: (_root, { context: requestContext, assumeContextKeys, ...subject }, context) =>
      effectivePermissions(
        context,
        toSubject(subject, () => 'session'),
        requestContext,
        assumeContextKeys,
      ),
  }),
);

builder.queryField('compareAccess', (t) =>
  t.field({
    type: AccessComparison,
    nullable: true,
    description: `Permissions that a principal gains and loses by assuming a role. ${NULL_ANSWER}`,
    args: {
      principal: t.arg({
        type: 'PrincipalId',
        required: true,
        description: 'The principal that would assume the role',
      }),
      assumedRole: t.arg({ type: 'Arn', required: true, description: 'The role' }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      filter: t.arg({ type: PermissionFilterInput, description: 'Which actions to compare. Left out: all' }),
    },
    resolve: async (_root, { filter, assumedRole, ...input }, context) => {
      await checkMayAskAbout(context, input.principal, 'principal');
      const asked = await subjectAsKnown(
        context,
        toSubject({ ...input, assumedRole }, () => 'session'),
      );
      const subject = { ...asked, assumedRole };
      const options = { filter: given(filter ?? {}) };
      return inTurn(context, () =>
        asFarAsKnown(context, subject, NO_CONTEXT, (_access, veil) =>
          compareAccess(toolsOf(context, veil), subject, options, context.now),
        ),
      );
    },
  }),
);
