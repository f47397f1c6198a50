import type { builder } from './builder.ts';

/** Beside the one that Pothos makes, which says nothing of itself. */
type CountBuilder = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, object>;

/** What Pothos has put on the connection: the number, or what works it out. */
interface Counted {
  readonly totalCount: number | (() => Promise<number>);
}

/** The field `totalCount` of a connection over a table. */
export function countField(t: CountBuilder) {
  return {
    totalCount: t.int({
      description: 'How many entries there are in all; one more database query',
      resolve: (connection) => {
        const { totalCount } = connection as Counted; // as: Pothos counts when the field is selected
        return typeof totalCount === 'function' ? totalCount() : totalCount;
      },
    }),
  };
}
