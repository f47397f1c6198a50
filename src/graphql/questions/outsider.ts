import type { Outsider as OutsiderValue } from '../../access/outsiders.ts';
import type { MatchedStatement as MatchedStatementValue } from '../../evaluation/decision.ts';
import { readableStatements } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { MatchedStatement } from './matched-statement.ts';

const OutsiderKind = builder.enumType('OutsiderKind', {
  description: 'What the policy of a resource can let in that is no user or role of the directory',
  values: {
    ACCOUNT: {
      description:
        'An account: its root user, and in an account that the directory does not know whoever that account’s own policies let',
    },
    PRINCIPAL: {
      description:
        'A user, role, session or federated user that the directory does not hold, or a canonical user of S3: as far as its own ' +
        'account lets it',
    },
    SERVICE: { description: 'A service of AWS' },
    FEDERATED: { description: 'Whoever an identity provider vouches for' },
    EVERYBODY: {
      description: 'Everybody: unsigned requests where the action takes them, and principals of any account',
    },
  } as const,
});

export const Outsider = builder.objectRef<OutsiderValue>('Outsider').implement({
  description: 'Somebody whom the policy of a resource lets in and the directory does not hold',
  fields: (t) => ({
    kind: t.field({ type: OutsiderKind, description: 'What it is', resolve: ({ kind }) => kind }),
    value: t.exposeString('value', {
      description:
        'An account id, an ARN or a canonical user id, a service principal, the ARN or name of an identity provider, or `*`',
    }),
    statements: t.field({
      type: [MatchedStatement],
      description:
        'The statements that let it in: with `conditional: true` also those that would under their conditions. Without those of ' +
        'policies that the caller may not read',
      resolve: ({ statements }) => [...statements],
    }),
  }),
});

/** Those that the caller may know of: who lets them in is in a policy that it may read. */
export async function readableOutsiders(
  context: GatewayContext,
  outsiders: readonly OutsiderValue[],
): Promise<readonly OutsiderValue[]> {
  const readable = await Promise.all(
    outsiders.map(async (one): Promise<OutsiderValue> => {
      const statements: readonly MatchedStatementValue[] = await readableStatements(context, one.statements);
      return { ...one, statements };
    }),
  );
  return readable.filter(({ statements }) => statements.length > 0);
}
