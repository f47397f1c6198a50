import { type DirectoryChanged as Changed, directoryChanges } from '../../guard/live/directory-changes.ts';
import { builder } from '../builder.ts';
import { LoggedEntity } from '../changes/changed-entity.ts';
import { liveOf } from './live.ts';

const DirectoryChanged = builder.objectRef<Changed>('DirectoryChanged').implement({
  description: 'What a revision has changed, as far as the subscriber may know of it',
  fields: (t) => ({
    revision: t.field({ type: 'Revision', description: 'The revision', resolve: ({ revision }) => revision }),
    at: t.field({ type: 'DateTime', description: 'When it was made', resolve: ({ at }) => at }),
    changes: t.field({
      type: [LoggedEntity],
      description: 'What it has changed, at most 500 in one event, in the order of kinds and names',
      resolve: ({ changes }) => changes.map((change) => ({ ...change, kind: change.entity, target: change.entityId })),
    }),
    isLast: t.boolean({
      description:
        'Whether this is the last event of its revision. `since` this revision then misses nothing; otherwise use an earlier one',
      resolve: ({ isLast }) => isLast,
    }),
  }),
});

builder.subscriptionField('directoryChanged', (t) =>
  t.field({
    type: DirectoryChanged,
    nullable: true,
    description:
      'Every change of policies, entities, resources and organizations, in order, none lost and none twice; sessions and keys are in ' +
      'the audit trail. Of accounts where the subscriber is allowed cloudtrail:LookupEvents when the event is sent, by what the ' +
      'thing was before and is after. The operator follows all. It ends with an error when the right is lost or the credentials end',
    args: {
      since: t.arg({
        type: 'Revision',
        description:
          'Begin with the changes after this revision; left out: with those to come. CONFLICT if changes after it are no longer ' +
          'kept, or it is from before a restore of the directory',
      }),
    },
    subscribe: (_root, { since }, context) => directoryChanges(liveOf(context), since ?? null),
    resolve: (event) => event,
  }),
);
