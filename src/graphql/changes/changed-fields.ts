import type { Touched } from '../../directory/apply/revision.ts';
import type { Revision } from '../../directory/directory.ts';
import { type KnownEntities, knownOf } from '../../guard/knowable.ts';
import type { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { TouchedEntity } from './changed-entity.ts';

type Types = typeof builder.$inferSchemaTypes;

/** What a change has done, or, in a dry run, would do. */
export interface ChangeAnswer {
  /** ARNs or ids of what it is about. */
  readonly named: readonly string[];
  readonly revision: Revision;
  readonly touched: readonly Touched[];
  /** Whether nothing was stored. */
  readonly dryRun: boolean;
}

/** What a change of one entity has done. */
export interface Changed extends ChangeAnswer {
  /** ARN or id of the entity. */
  readonly arn: string;
}

const TOUCHED =
  'of that, the caller sees what it has named, and what it may read. What is gone is decided by its name. At most 1,000 are named';
const WITHHELD = 'Whether more was touched than `touched` names, e.g. something that the caller may not know of';

/** By change: both fields tell of one look at it. */
const looked = new WeakMap<object, Promise<KnownEntities>>();

function look(
  context: GatewayContext,
  change: { readonly touched: readonly Touched[] },
  named: readonly string[],
): Promise<KnownEntities> {
  const known = looked.get(change) ?? knownOf(context, change.touched, named);
  looked.set(change, known);
  return known;
}

/** The fields of every answer to a change that was made, or would be. */
export function changedFields<T extends ChangeAnswer>(t: PothosSchemaTypes.ObjectFieldBuilder<Types, T>) {
  return {
    revision: t.field({
      type: 'Revision',
      description: 'A revision of the directory that includes the change; in a dry run, the one that it was tried on',
      resolve: ({ revision }) => revision,
    }),
    touched: t.field({
      type: [TouchedEntity],
      description: `What the change touched, or would touch; ${TOUCHED}. Empty: everything was already so`,
      resolve: async (change, _args, context) => [...(await look(context, change, change.named)).known],
    }),
    withheld: t.boolean({
      description: WITHHELD,
      resolve: async (change, _args, context) => (await look(context, change, change.named)).withheld,
    }),
    dryRun: t.boolean({
      description: 'Whether it was a dry run: nothing was stored, and entities are shown as they were before',
      resolve: ({ dryRun }) => dryRun,
    }),
  };
}

/** The fields of a failure because of `touched`, which others have touched. */
export function touchedFields<T extends { readonly touched: readonly Touched[] }>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, T>,
) {
  return {
    touched: t.field({
      type: [TouchedEntity],
      description:
        'What of it was touched since; of that, the caller sees what it may read. At most 1,000 are named. Empty: it may read ' +
        'nothing of it, or what was touched since then is not known any more',
      resolve: async (failure, _args, context) => [...(await look(context, failure, [])).known],
    }),
    withheld: t.boolean({
      description: WITHHELD,
      resolve: async (failure, _args, context) => (await look(context, failure, [])).withheld,
    }),
  };
}

/** The entity of a change that creates it: it is there if the change was no dry run, and `read` says whether the caller may read it. */
export function created<Entity>(
  { dryRun }: ChangeAnswer,
  read: () => Promise<Entity | null>,
): Promise<Entity | null> | null {
  return dryRun ? null : read();
}
