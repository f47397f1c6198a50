import {
  type ForbiddenGain,
  forbiddenGains,
  type PreviewVerdict as PreviewVerdictValue,
  readForbidden,
} from '../../access/previews/forbidden-gains.ts';
import { MOST_COMPARED, MOST_KINDS } from '../../access/previews/preview-change.ts';
import type { Revision } from '../../directory/directory.ts';
import { type KnownEntities, knownOf } from '../../guard/knowable.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { TouchedEntity } from '../changes/changed-entity.ts';
import { DirectoryChangeInput } from '../changes/directory-change.ts';
import { PREVIEW_COST, PREVIEWED_COST } from '../cost.ts';
import {
  AccessDeniedFailure,
  ChangeFailedFailure,
  ConflictFailure,
  expectingFailures,
  ValidationFailure,
} from '../failures.ts';
import { keyedConnection } from '../keyed-connection.ts';
import { MAX_CHANGES } from '../limits.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { type AccessInPreview, PreviewedAccess, pageOfPlaces } from './previewed-access.ts';
import { previewed } from './previewing.ts';

/** Entries of `failures` that are listed. */
const MOST_FAILURES = 100;

const PreviewVerdict = builder.enumType('PreviewVerdict', {
  description: 'Whether changes do what they must not',
  values: {
    PASSED: { description: 'They do not' },
    FAILED: { description: '`failures` says who gains what' },
    UNDECIDED: {
      description:
        'It is not known that they do, and something was not looked at: `withheld`, `complete`, `partial` or `gaps` says so. Take it for FAILED ' +
        'where access must not be granted by mistake',
    },
  } as const,
});

const PreviewFailure = builder.objectRef<ForbiddenGain>('PreviewFailure').implement({
  description: 'Somebody gains what must not be gained',
  fields: (t) => ({
    pattern: t.exposeString('pattern', { description: 'The first entry of `gains` that matches the action' }),
    principal: t.field({
      type: 'PrincipalId',
      description: 'The principal',
      resolve: ({ principal }) => principalIdOf(principal),
    }),
    assumedRole: t.expose('assumedRole', {
      type: 'Arn',
      nullable: true,
      description: 'The role in which it gains it; null: as itself',
    }),
    action: t.exposeString('action', { description: 'The action' }),
  }),
});

const PreviewedAccessConnection = keyedConnection<AccessInPreview>('PreviewedAccess', PreviewedAccess, {
  page:
    'A page of principals, as themselves and in roles, to which something happens: worst first, by the worst of their actions, and ' +
    'how many there are. The next page continues behind the place in its cursor',
  entry: 'A principal to which something happens',
});

interface PreviewAnswer extends KnownEntities {
  readonly targets: readonly string[];
  readonly accesses: readonly AccessInPreview[];
  readonly complete: boolean;
  readonly verdict: PreviewVerdictValue | null;
  readonly failures: readonly ForbiddenGain[];
  readonly gaps: readonly string[];
  readonly revision: Revision;
}

const PreviewChangeSuccess = builder.objectRef<PreviewAnswer>('PreviewChangeSuccess').implement({
  description: 'What changes would do. Nothing is stored',
  fields: (t) => ({
    targets: t.stringList({
      description: 'What each change is about, by its ARN, or its id where it has none, in the order of the changes',
      resolve: ({ targets }) => [...targets],
    }),
    touched: t.field({
      type: [TouchedEntity],
      description:
        'What the changes would touch; of that, the caller sees what it has named, and what it may read. At most 1,000 are named',
      resolve: ({ known }) => [...known],
    }),
    accesses: t.field({
      type: PreviewedAccessConnection,
      description:
        'Everybody to whom something happens, among those that the caller may ask about. Others are not counted',
      args: {
        first: t.arg.int({ description: FIRST_DESCRIPTION }),
        after: t.arg.string({ description: AFTER_DESCRIPTION }),
      },
      resolve: ({ accesses, revision }, args) => pageOfPlaces(accesses, args, revision),
    }),
    withheld: t.exposeBoolean('withheld', {
      description:
        'Whether more is touched or concerned than the caller may know: entities, principals that it may not ask about, or policies ' +
        'that it may not read. Whether something happens there is not said',
    }),
    complete: t.exposeBoolean('complete', {
      description: `Whether all were compared whom the caller may ask about: a preview compares at most ${MOST_COMPARED} principals, each role in which one is looked at included, in half of the time of a request; those with equal policies are compared once, and at most ${MOST_KINDS} that differ`,
    }),
    verdict: t.field({
      type: PreviewVerdict,
      nullable: true,
      description: 'Whether the changes do what they must not; null: `failIf` was not given',
      resolve: ({ verdict }) => verdict,
    }),
    failures: t.field({
      type: [PreviewFailure],
      description: `Who gains what must not be gained, worst first, at most ${MOST_FAILURES}`,
      resolve: ({ failures }) => failures.slice(0, MOST_FAILURES),
    }),
    failureCount: t.int({
      description: 'Number of failures, of which `failures` lists the first ones',
      resolve: ({ failures }) => failures.length,
    }),
    gaps: t.stringList({
      description:
        'What the directory does not know of those to whom something happens, by name, and what was not compared: what others than its ' +
        'users and roles get, and what depends on changed tags or VPC endpoints. Empty: nothing was left out',
      resolve: async ({ gaps }, _args, context) => countText(context, [...gaps]),
    }),
    revision: t.expose('revision', {
      type: 'Revision',
      description: 'The revision of the directory on which the changes were tried',
    }),
  }),
});

const PreviewFailIfInput = builder.inputType('PreviewFailIfInput', {
  description: 'What changes must not do',
  fields: (t) => ({
    gains: t.stringList({
      description:
        'Actions that nobody must gain, on any resource or under any condition, compared without regard to case; `*` and `?` are ' +
        'wildcards: `iam:*`. At most 100',
    }),
  }),
});

builder.queryField('previewChange', (t) =>
  t.field({
    type: PreviewChangeSuccess,
    nullable: true,
    description:
      'What changes of the directory would do: which actions every user and role that they concern would gain or lose, or could do in ' +
      'another way, as itself and in the roles that it can assume, in one step, before or after. It is what `effectivePermissions` answers before them ' +
      'and would answer after. Nothing is stored. Each change needs what its own mutation needs, as in `applyChanges`; refusals are in ' +
      'the audit trail. Principals are shown that the caller may ask about (iam:SimulatePrincipalPolicy), and what policies give or ' +
      `take away if it may read them. Not for checkers. ${NULL_ANSWER}`,
    args: {
      changes: t.arg({
        type: [DirectoryChangeInput],
        required: true,
        description: `The changes, at most ${MAX_CHANGES}, tried in their order`,
      }),
      failIf: t.arg({ type: PreviewFailIfInput, description: 'What they must not do. Left out: `verdict` is null' }),
    },
    complexity: ({ changes }) => ({ field: PREVIEW_COST + PREVIEWED_COST * changes.length, multiplier: 1 }),
    errors: {
      types: [AccessDeniedFailure, ChangeFailedFailure, ConflictFailure, ValidationFailure],
      union: { name: 'PreviewChangeResult', description: 'What the changes would do, or why they would not be made' },
    },
    resolve: (_root, { changes, failIf }, context) =>
      expectingFailures(async (): Promise<PreviewAnswer> => {
        const forbidden = failIf == null ? null : readForbidden(failIf.gains ?? [], 'failIf.gains');
        const { preview, found } = await previewed(context, changes);
        const entities = await knownOf(context, preview.touched, preview.names);
        const { accesses, revision, isComplete, unjudged } = found;
        const gaps = [...found.gaps, ...unjudged.map(({ gap }) => gap)];
        const withheld = found.withheld || entities.withheld;
        const judged = forbidden === null ? null : forbiddenGains({ ...found, withheld }, forbidden);
        return {
          ...entities,
          withheld,
          targets: preview.names,
          accesses: accesses.map((access) => ({ ...access, revision })),
          complete: isComplete,
          verdict: judged?.verdict ?? null,
          failures: judged?.gains ?? [],
          gaps,
          revision,
        };
      }),
  }),
);
