import { builder } from '../builder.ts';
import {
  AccessDeniedFailure,
  ChangeFailedFailure,
  ConflictFailure,
  expectingFailures,
  ValidationFailure,
} from '../failures.ts';
import { MAX_CHANGES } from '../limits.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions, optionsIn } from './change-arguments.ts';
import { type ChangeAnswer, changedFields } from './changed-fields.ts';
import { DirectoryChangeInput } from './directory-change.ts';
import { performChanges } from './perform-changes.ts';

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
        const { names, revision, touched } = await performChanges(context, changes, (requests, about) => {
          const { sessions, caller, now, origin } = context;
          return sessions.applyChanges(caller, requests, now, origin, optionsIn(context, about, options));
        });
        return { named: names, touched, revision, dryRun: options.dryRun === true };
      });
    },
  }),
);
