import type { ArgBuilder } from '@pothos/core';
import type { Revision } from '../../directory/directory.ts';
import type { ChangeOptions } from '../../directory/entities/entity-store.ts';
import { knownAmong } from '../../guard/knowable.ts';
import type { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';

type Types = typeof builder.$inferSchemaTypes;

/** The arguments, beside the change itself, of every mutation of the directory. */
export function changeArguments(t: { readonly arg: ArgBuilder<Types> }) {
  return {
    expectedRevision: t.arg({
      type: 'Revision',
      description:
        'A gateway extension. The change is refused (Conflict) if something that it reads or writes, and that the caller has named as ' +
        'its target or may read, was changed after this revision. Left out: it is made whatever was changed',
    }),
    dryRun: t.arg.boolean({
      description:
        'A gateway extension. Whether to look at everything, with the same guard, and to store nothing: the answer says what ' +
        'the change would touch',
    }),
  };
}

/** How the change is to be made, by its arguments. */
export function changeOptions({
  expectedRevision,
  dryRun,
}: {
  readonly expectedRevision?: Revision | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}): ChangeOptions {
  return { expectedRevision: expectedRevision ?? null, dryRun: dryRun === true };
}

/** The same for a request: in turns with others, and without a word of what its caller may not know of. `about`: ARNs or ids. */
export function optionsIn(context: GatewayContext, about: readonly string[], options: ChangeOptions): ChangeOptions {
  return {
    ...options,
    between: () => context.work.turn(),
    known: (touched) => knownAmong(context, touched, about),
  };
}
