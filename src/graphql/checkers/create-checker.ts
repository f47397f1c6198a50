import type { IssuedChecker } from '../../session/checkers.ts';
import { ValidationError } from '../../session/errors.ts';
import { builder } from '../builder.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { Checker, CheckerScope, checkerValue } from './checker.ts';

export const TOKEN_DESCRIPTION =
  'The token, `rgc_…`, for `Authorization: Bearer`. It is shown once; the gateway stores its hash alone';

const CreateCheckerInput = builder.inputType('CreateCheckerInput', {
  description: 'What a new checker may ask, and until when',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'Name of the checker: 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
    scope: t.field({ type: CheckerScope, required: true, description: 'The principals that it may ask about' }),
    accountIds: t.field({
      type: ['AccountId'],
      description: 'With `scope: ACCOUNTS`, the accounts whose principals it may ask about: 1 to 1,000',
    }),
    actions: t.stringList({
      description: 'The actions that it may ask about, at most 100 patterns as in policies: `s3:Get*`. Left out: all',
    }),
    search: t.boolean({
      description: 'Whether it may also search for principals that may do something (`whoCan`). Left out: it may not',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When its token expires, at most 366 days from now. Left out: in 90 days',
    }),
  }),
});

const CreateCheckerSuccess = builder.objectRef<IssuedChecker>('CreateCheckerSuccess').implement({
  description: 'A new checker, and its token',
  fields: (t) => ({
    checker: t.field({ type: Checker, description: 'The checker', resolve: ({ checker }) => checkerValue(checker) }),
    token: t.exposeString('token', { description: TOKEN_DESCRIPTION }),
  }),
});

builder.mutationField('createChecker', (t) =>
  t.field({
    type: CreateCheckerSuccess,
    nullable: true,
    description:
      'Makes a checker: a caller that can only ask, for an enforcement point. Each of its questions needs that its maker is, at ' +
      'that moment, allowed iam:SimulatePrincipalPolicy on the principal, and its token ends with the user or role that made it. Needs ' +
      `rolegate:CreateChecker in each account of its scope; only the operator may make one for all. A gateway extension. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: CreateCheckerInput, required: true, description: 'What it may ask, and until when' }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'CreateCheckerResult', description: 'The checker, or why it was not made' },
    },
    resolve: (
      _root,
      { input: { name, scope, accountIds, actions, search, expiresAt } },
      { sessions, caller, now, origin },
    ) =>
      expectingFailures(async () => {
        const given = {
          name,
          accountIds: accountsOf(scope, accountIds ?? null),
          actions: actions ?? null,
          search: search === true,
          expiresAt: expiresAt?.getTime() ?? null,
        };
        return sessions.createChecker(caller, given, now, origin);
      }),
  }),
);

/** Null: all. */
function accountsOf(scope: 'ALL' | 'ACCOUNTS', accountIds: readonly string[] | null): readonly string[] | null {
  if (scope === 'ACCOUNTS') return accountIds ?? [];
  if (accountIds === null) return null;
  throw new ValidationError('`accountIds` go with `scope: ACCOUNTS`', 'accountIds');
}
