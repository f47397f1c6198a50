import type {
  PreviewedAccess as PreviewedAccessValue,
  PreviewedDifference as PreviewedDifferenceValue,
} from '../../access/previews/previewed.ts';
import type { Revision } from '../../directory/directory.ts';
import { builder } from '../builder.ts';
import { Principal } from '../entities/principal.ts';
import { Role, roleValue } from '../entities/role.ts';
import { type KeyedPage, keyedConnection, type PageArguments, pageOf, toPage } from '../keyed-connection.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { countText } from '../repeated-text.ts';
import { principalOf } from '../sessions/role-session.ts';
import { AccessLevel } from './access-level.ts';
import { PermissionTerm } from './permission-term.ts';

/** A page of a list that is whole: cursors hold places in it. */
export function pageOfPlaces<T extends object>(
  all: readonly T[],
  args: PageArguments,
  revision: Revision,
): KeyedPage<T> {
  const { after, limit } = pageOf(args);
  const before = after === null ? 0 : Math.min(all.length, placeOf(after.key) + 1);
  const entries = all.slice(before, before + limit);
  const places = new Map(entries.map((entry, index) => [entry, before + index]));
  return toPage({ entries, before, total: all.length, revision }, (entry) => String(places.get(entry)));
}

/** A cursor of another list is taken for one of its end. */
function placeOf(key: string): number {
  return /^\d{1,9}$/.test(key) ? Number(key) : Number.MAX_SAFE_INTEGER;
}

export const AccessChange = builder.enumType('AccessChange', {
  description: 'What a change does to one action of somebody',
  values: {
    GAINED: { description: 'Nothing is allowed before' },
    CHANGED: { description: 'Something is allowed before and after, but not the same' },
    LOST: { description: 'Nothing is allowed after' },
  } as const,
});

const PreviewedDifference = builder.objectRef<PreviewedDifferenceValue>('PreviewedDifference').implement({
  description: 'One action that somebody may do otherwise after the changes than before',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action' }),
    accessLevel: t.field({
      type: AccessLevel,
      description: 'Access level of the action',
      resolve: ({ accessLevel }) => accessLevel,
    }),
    change: t.field({ type: AccessChange, description: 'What happens to it', resolve: ({ change }) => change }),
    gains: t.exposeBoolean('gains', {
      description:
        'Whether a request is allowed after that is not allowed before. Where terms do not show that there is none, it counts as one',
    }),
    before: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed before; empty: none',
      resolve: ({ before }) => [...before],
    }),
    after: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed after; empty: none',
      resolve: ({ after }) => [...after],
    }),
  }),
});

const PreviewedDifferenceConnection = keyedConnection('PreviewedDifference', PreviewedDifference, {
  page:
    'A page of actions, worst first: those that give rights, then writes, then the others; of each, those that are gained, changed ' +
    'and lost. The next page continues behind the place in its cursor',
  entry: 'An action that somebody may do otherwise',
});

/** With the state that it is of. */
export type AccessInPreview = PreviewedAccessValue & { readonly revision: Revision };

const countOf = (change: PreviewedDifferenceValue['change']) => (access: AccessInPreview) =>
  access.differences.filter((one) => one.change === change).length;

export const PreviewedAccess = builder.objectRef<AccessInPreview>('PreviewedAccess').implement({
  description: 'What changes do to a principal, as itself or in a role',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'The principal, which the changes may also create or delete. A role means a session of it',
      resolve: ({ principal }) => principalOf({ principal }),
    }),
    assumedRole: t.field({
      type: Role,
      nullable: true,
      description: 'The role in which it is looked at; null: as itself',
      resolve: ({ assumedRole }) => (assumedRole === null ? null : roleValue(assumedRole)),
    }),
    gainedCount: t.int({ description: 'Number of actions that it gains', resolve: countOf('GAINED') }),
    changedCount: t.int({
      description: 'Number of actions that it may do before and after, but not in the same way',
      resolve: countOf('CHANGED'),
    }),
    lostCount: t.int({ description: 'Number of actions that it loses', resolve: countOf('LOST') }),
    differences: t.field({
      type: PreviewedDifferenceConnection,
      description: 'The actions that it gains, loses, or may do in another way, worst first',
      args: {
        first: t.arg.int({ description: FIRST_DESCRIPTION }),
        after: t.arg.string({ description: AFTER_DESCRIPTION }),
      },
      resolve: ({ differences, revision }, args) => pageOfPlaces(differences, args, revision),
    }),
    partial: t.stringList({
      description: 'Names of the actions about which policies say more than can be compared. Empty: all were compared',
      resolve: ({ partial }, _args, context) => countText(context, [...partial]),
    }),
  }),
});
