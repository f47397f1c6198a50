import type { builder } from './builder.ts';

/** Used in place of the field that Pothos makes, which has no description. */
type CountBuilder = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, object>;

/** The value that Pothos puts on the connection: the number, or a function that counts. */
interface Counted {
  readonly totalCount: number | (() => Promise<number>);
}

/** The field `totalCount` of a connection over a table. */
export function countField(t: CountBuilder) {
  return {
    totalCount: t.int({
      description: 'Total number of entries; costs one more database query',
      resolve: (connection) => {
        const { totalCount } = connection as Counted; // as: Pothos counts when the field is selected
        return typeof totalCount === 'function' ? totalCount() : totalCount;
      },
    }),
  };
}
