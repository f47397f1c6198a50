import type { EffectivePermissions as EffectivePermissionsValue } from '../../access/effective-permissions.ts';
import type { Subject } from '../../access/question.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { ask, checkMayAskAbout } from '../../guard/ask.ts';
import { permissionsAsKnown } from '../../guard/permissions-as-known.ts';
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
      description: 'The same permissions as one IAM policy, without the actions of `policyDocumentPartial`',
      complexity: PERMISSIONS_COST,
      resolve: (set, _args, context) => inTurn(context, async () => (await set.policyDocument()).document),
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
  policyDocumentPartial: t.stringList({
    description:
      'Names of the actions that `policyDocument` leaves out: the policies say more about them than can be listed, or than one policy can ' +
      'say exactly. It allows nothing of them. Empty: nothing is left out',
    complexity: PERMISSIONS_COST,
    resolve: (set, _args, context) =>
      inTurn(context, async () => countText(context, [...(await set.policyDocument()).partial])),
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

async function effectivePermissions(
  context: GatewayContext,
  subject: Subject,
  given: RequestContext | null | undefined,
  assumeContextKeys: boolean | null | undefined,
): Promise<EffectivePermissionsValue> {
  await checkMayAskAbout(context, subject.principal, 'principal');
  return inTurn(context, () =>
    permissionsAsKnown(context, subject, { given: given ?? new Map(), assumeContextKeys: assumeContextKeys ?? true }),
  );
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
