import type { ChangeOptions, MadeChanges } from '../../directory/entities/entity-store.ts';
import { FailedChange } from '../../directory/entities/failed-change.ts';
import { performAll } from '../../guard/perform.ts';
import { InvalidInput, type RolegateError } from '../../policy/errors.ts';
import { targetOf } from '../../session/entity-changes.ts';
import { AccessDenied, AuthenticationError } from '../../session/errors.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import {
  AccessDeniedFailure,
  asFailure,
  ChangeFailedFailure,
  ConflictFailure,
  ExpectedFailure,
  expectingFailures,
  ValidationFailure,
} from '../failures.ts';
import { notSignedIn } from '../guards/forbidden.ts';
import { MAX_CHANGES } from '../limits.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions, optionsIn } from './change-arguments.ts';
import { type ChangeAnswer, changedFields } from './changed-fields.ts';
import { DirectoryChangeInput } from './directory-change.ts';
import { type PlannedChange, plannedChanges } from './planned-changes.ts';

const ApplyChangesSuccess = builder.objectRef<ChangeAnswer>('ApplyChangesSuccess').implement({
  description: 'All changes were made, in one revision; in a dry run, they would be',
  fields: (t) => ({
    targets: t.stringList({
      description: 'What each change is about, by its ARN, or its id where it has none, in the order of the changes',
      resolve: ({ named }) => [...named],
    }),
    ...changedFields(t),
  }),
});

builder.mutationField('applyChanges', (t) =>
  t.field({
    type: ApplyChangesSuccess,
    nullable: true,
    description:
      `Makes up to ${MAX_CHANGES} changes in one transaction, in their order: all of them, or none. Each needs what its own mutation ` +
      'needs. All are decided before the first is made, as things are then, but with the permissions boundary that the list itself ' +
      'has given by then; every refusal is in the audit trail. ChangeFailed names the first change that is refused or that fails. ' +
      `Costs what the changes would cost alone. ${NULL_RESULT}`,
    args: {
      changes: t.arg({
        type: [DirectoryChangeInput],
        required: true,
        description: `The changes, at most ${MAX_CHANGES}. A later one sees what earlier ones have made, but cannot name what one of them deletes or renames`,
      }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ChangeFailedFailure, ConflictFailure, ValidationFailure],
      union: { name: 'ApplyChangesResult', description: 'The changes, or why none was made' },
    },
    resolve: (_root, { changes, ...asked }, context) => {
      const options = changeOptions(asked);
      return expectingFailures(async () => {
        if (changes.length > MAX_CHANGES) {
          throw new InvalidInput('changes', `\`changes\` has ${changes.length} entries; the limit is ${MAX_CHANGES}`);
        }
        let planned: readonly PlannedChange[] = [];
        try {
          planned = await plannedChanges(changes, context);
          const { names, revision, touched } = await applied(context, planned, options);
          return { named: names, touched, revision, dryRun: options.dryRun === true };
        } catch (error) {
          throw error instanceof FailedChange ? changeFailed(error, changes) : error;
        }
      });
    },
  }),
);

/** Makes the changes if the caller is allowed all of them. Throws FailedChange for the first that it is not. */
async function applied(
  context: GatewayContext,
  planned: readonly PlannedChange[],
  options: ChangeOptions,
): Promise<MadeChanges> {
  const { sessions, caller, now, origin } = context;
  const operations = planned.map(({ operation }) => operation);
  const performed = await performAll(context, operations, () =>
    sessions.applyChanges(
      caller,
      planned.map(({ request }) => request),
      now,
      origin,
      optionsIn(
        context,
        planned.map(({ request }) => targetOf(request)),
        options,
      ),
    ),
  );
  switch (performed.kind) {
    case 'done':
      return performed.value;
    case 'notSignedIn':
      throw notSignedIn('applyChanges');
    case 'sessionEnded':
      throw new AuthenticationError('ExpiredToken');
    case 'refused': {
      const { index, denied, operatorsOnly } = performed;
      const name = planned[index]?.name ?? '';
      throw new FailedChange(
        index,
        operatorsOnly ? new AccessDenied(`only the operator may perform \`${name}\``) : denied,
      );
    }
    default:
      return performed satisfies never;
  }
}

/** The failure of the whole list; what no mutation expects is an error of the request, as it would be for the change alone. */
function changeFailed({ index, why }: FailedChange, changes: readonly object[]): RolegateError {
  const cause = asFailure(why);
  if (!(cause instanceof ExpectedFailure)) return cause;
  const change = Object.entries(changes[index] ?? {}).find(([, input]) => input != null)?.[0] ?? '';
  return new ChangeFailedFailure(cause, { index, change });
}
