import { defaultFieldResolver, type GraphQLArgument, type GraphQLSchema, isScalarType } from 'graphql';
import type { Revision } from '../directory/directory.ts';
import type { GatewayContext } from './context.ts';
import { notSignedIn } from './guards/forbidden.ts';

const NAME = 'atLeast';
const DESCRIPTION =
  'A revision that the answer must not be older than, such as that of a change whose effect is to be seen; what is selected beneath ' +
  'is not older either. A gateway that is behind waits a little for it, and then fails with REVISION_NOT_REACHED, which names both ' +
  'revisions. A revision from before a restore of the directory is a CONFLICT';

/**
 * Gives every field of Query the argument `atLeast`, before its guard and its resolver: both then see a directory that is no
 * older. Call it after the guards.
 */
export function takeAtLeast(schema: GraphQLSchema): void {
  const argument = atLeastOf(schema);
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.args = [...field.args, argument];
    field.resolve = (parent, args, context: GatewayContext, info) => {
      const atLeast: unknown = args[NAME];
      // Most questions need none of it, and no promise.
      const reached = typeof atLeast === 'bigint' ? reach(context, atLeast) : undefined;
      if (reached === undefined) return resolve(parent, args, context, info);
      return reached.then(() => resolve(parent, args, context, info));
    };
  }
}

/** Which revision it is, and that it was restored, is told to nobody without credentials, for whom nothing is waited or read either. */
function reach({ caller, directory }: GatewayContext, atLeast: Revision): Promise<void> | undefined {
  if (caller.kind === 'anonymous') throw notSignedIn(NAME);
  return directory.history.reach(atLeast);
}

function atLeastOf(schema: GraphQLSchema): GraphQLArgument {
  const type = schema.getType('Revision');
  if (!isScalarType(type)) throw new Error('the schema has no Revision');
  return {
    name: NAME,
    description: DESCRIPTION,
    type,
    defaultValue: undefined,
    deprecationReason: undefined,
    extensions: {},
    astNode: undefined,
  };
}
