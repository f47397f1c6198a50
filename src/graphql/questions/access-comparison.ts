import type {
  AccessComparison as AccessComparisonValue,
  AccessDifferenceKind as AccessDifferenceKindValue,
  AccessDifference as AccessDifferenceValue,
} from '../../access/compare-access.ts';
import { checkMayAskAbout } from '../../guard/ask.ts';
import { comparisonAsKnown } from '../../guard/permissions-as-known.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { MAX_PAGE_SIZE, PERMISSIONS_COST } from '../cost.ts';
import { inTurn } from '../in-turn.ts';
import { given } from '../input.ts';
import { keyedConnection, pageOf, pageOfList } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { AccessLevel } from './access-level.ts';
import { Decision } from './decision.ts';
import { PermissionFilterInput } from './effective-permission.ts';
import { PermissionTerm } from './permission-term.ts';
import {
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  HypotheticalSessionInput,
  SESSION_DESCRIPTION,
  toSubject,
} from './question-input.ts';

const AccessDifferenceKind = builder.enumType('AccessDifferenceKind', {
  description: 'How the permissions for an action differ',
  values: {
    GAINED: { description: 'Only what is compared with allows it: the role, or `other`' },
    LOST: { description: 'Only the principal’s own permissions allow it, or those that are compared with `other`' },
    CHANGED: { description: 'Both allow it, on different resources or under different conditions' },
  } as const,
});

const AccessDifference = builder.objectRef<AccessDifferenceValue>('AccessDifference').implement({
  description:
    'One action, with the requests that are allowed before and after: as itself and in the role, or to the one and to `other`',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action' }),
    accessLevel: t.field({
      type: AccessLevel,
      description: 'Access level of the action',
      resolve: ({ accessLevel }) => accessLevel,
    }),
    kind: t.field({
      type: AccessDifferenceKind,
      description: 'Whether it is gained, lost or changed',
      resolve: ({ kind }) => kind,
    }),
    before: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed to the principal as itself, or to the first of the two; empty: none',
      resolve: ({ before }) => [...before],
    }),
    after: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed in the role, or to `other`; empty: none',
      resolve: ({ after }) => [...after],
    }),
  }),
});

const WORST_FIRST =
  'the worst actions first: those that change who has which permissions (PERMISSIONS_MANAGEMENT, assuming and passing roles, ' +
  'credentials, groups), then those that write, then the rest; each in the order of their names';

const AccessDifferenceConnection = keyedConnection('AccessDifference', AccessDifference, {
  page: `A page of actions that are not allowed alike, ${WORST_FIRST}. The next page continues after the action in its cursor, even if permissions have changed since`,
  entry: 'An action that is not allowed alike',
});

const AccessComparison = builder.objectRef<AccessComparisonValue>('AccessComparison');

AccessComparison.implement({
  description:
    'Comparison of two sets of permissions, action by action: those of the principal and those in its role, or those of two principals',
  fields: (t) => ({
    assumption: t.field({
      type: Decision,
      nullable: true,
      description:
        'The decision on assuming `assumedRole`, to be read first: if it is a denial, the principal cannot be in the role, and nothing is ' +
        'allowed there. Null: no role is given',
      resolve: ({ assumption }) => assumption,
    }),
    otherAssumption: t.field({
      type: Decision,
      nullable: true,
      description: 'The same for `other` and its role. Null: none is given',
      resolve: ({ otherAssumption }) => otherAssumption,
    }),
    differences: t.field({
      type: AccessDifferenceConnection,
      description: `Actions that are not allowed alike, ${WORST_FIRST}`,
      args: {
        differenceKinds: t.arg({
          type: [AccessDifferenceKind],
          description: 'Which differences to return. Left out: all',
        }),
        first: t.arg.int({ description: FIRST_DESCRIPTION }),
        after: t.arg.string({ description: AFTER_DESCRIPTION }),
      },
      resolve: (comparison, { differenceKinds, ...page }, context) => {
        const asked = pageOf(page);
        return inTurn(context, () =>
          pageOfList(comparison.listed(differenceKinds ?? undefined), asked, comparison.revision, ({ place }) => place),
        );
      },
    }),
    keptCount: t.int({
      description: 'Number of actions that both allow in exactly the same way',
      resolve: (comparison, _args, context) => inTurn(context, async () => (await comparison.counts()).SAME),
    }),
    revision: t.field({
      type: 'Revision',
      description: 'The revision of the directory on which this was computed',
      resolve: ({ revision }) => revision,
    }),
  }),
});

builder.objectFields(AccessComparison, (t) => ({
  gained: t.field({
    type: [AccessDifference],
    description: `Actions that only the role, or \`other\`, allows: ${firstOf('GAINED')}`,
    resolve: (comparison, _args, context) => firstPage(context, comparison, 'GAINED'),
  }),
  lost: t.field({
    type: [AccessDifference],
    description: `Actions that only the principal’s own permissions, or the first of the two, allow: ${firstOf('LOST')}`,
    resolve: (comparison, _args, context) => firstPage(context, comparison, 'LOST'),
  }),
  changed: t.field({
    type: [AccessDifference],
    description: `Actions that both allow, on different resources or under different conditions: ${firstOf('CHANGED')}`,
    resolve: (comparison, _args, context) => firstPage(context, comparison, 'CHANGED'),
  }),
  gainedCount: t.int({
    description: 'Number of actions that are gained',
    resolve: (comparison, _args, context) => inTurn(context, async () => (await comparison.counts()).GAINED),
  }),
  lostCount: t.int({
    description: 'Number of actions that are lost',
    resolve: (comparison, _args, context) => inTurn(context, async () => (await comparison.counts()).LOST),
  }),
  changedCount: t.int({
    description: 'Number of actions that both allow, but not alike',
    resolve: (comparison, _args, context) => inTurn(context, async () => (await comparison.counts()).CHANGED),
  }),
  partial: t.stringList({
    description:
      'Names of the actions about which the policies say more than can be compared: they are in no list and in no number. Empty: all are ' +
      'compared',
    complexity: PERMISSIONS_COST,
    resolve: (comparison, _args, context) =>
      inTurn(context, async () => countText(context, [...(await comparison.partial())])),
  }),
  gaps: t.stringList({
    description:
      'What the directory does not know and the answer had to leave out, by name. Empty: nothing was left out',
    resolve: (comparison, _args, context) =>
      inTurn(context, async () => countText(context, [...(await comparison.gaps())])),
  }),
}));

function firstOf(kind: AccessDifferenceKindValue): string {
  return `the first ${MAX_PAGE_SIZE} of \`differences(differenceKinds: [${kind}])\``;
}

function firstPage(
  context: GatewayContext,
  comparison: AccessComparisonValue,
  kind: AccessDifferenceKindValue,
): Promise<AccessDifferenceValue[]> {
  return inTurn(context, async () => [...(await comparison.listed([kind]).after(null, MAX_PAGE_SIZE))]);
}

const ComparedSubjectInput = builder.inputType('ComparedSubjectInput', {
  description: 'Somebody whose permissions are compared: a principal, as itself or in a role',
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: 'The principal' }),
    assumedRole: t.field({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
    session: t.field({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
  }),
});

builder.queryField('compareAccess', (t) =>
  t.field({
    type: AccessComparison,
    nullable: true,
    description:
      'Permissions that a principal gains and loses by assuming a role; with `other`, those that somebody else has and it has not, and the ' +
      `other way round. The caller must be allowed to ask about both. ${NULL_ANSWER}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'The principal that is compared' }),
      assumedRole: t.arg({
        type: 'Arn',
        description:
          'The role. Without `other`, it is required: the principal as itself is compared with itself in this role. With `other`, the ' +
          'principal in this role is compared with it',
      }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      other: t.arg({
        type: ComparedSubjectInput,
        description: 'With whom it is compared, instead of itself in the role',
      }),
      context: t.arg({
        type: 'RequestContext',
        description:
          'Condition keys that all requests have; conditions that they settle are not repeated in the answer',
      }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      filter: t.arg({ type: PermissionFilterInput, description: 'Which actions to compare. Left out: all' }),
    },
    resolve: async (_root, { other, filter, context: ofCall, assumeContextKeys, ...input }, context) => {
      if (other == null && input.assumedRole == null) throw nothingToCompareWith();
      await checkMayAskAbout(context, input.principal, 'principal');
      if (other != null) await checkMayAskAbout(context, other.principal, 'other.principal');
      const compared = {
        subject: toSubject(input, () => 'session'),
        other: other == null ? null : toSubject(other, () => 'other.session'),
      };
      const how = {
        given: ofCall ?? new Map(),
        assumeContextKeys: assumeContextKeys ?? true,
        filter: given(filter ?? {}),
      };
      return inTurn(context, () => comparisonAsKnown(context, compared, how));
    },
  }),
);

function nothingToCompareWith(): InvalidInput {
  return new InvalidInput('assumedRole', 'give `assumedRole`, `other` or both: there is nothing to compare with');
}
