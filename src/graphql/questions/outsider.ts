import type { Outsider as OutsiderValue } from '../../access/outsiders.ts';
import { builder } from '../builder.ts';
import { MatchedStatement } from './matched-statement.ts';

export const OutsiderKind = builder.enumType('OutsiderKind', {
  description:
    'Kinds of principals that the policy of a resource can let in and that are no users or roles of the directory',
  values: {
    ACCOUNT: {
      description:
        'An account: its root user; also any principal that the account itself allows this, if the directory does not know the account',
    },
    PRINCIPAL: {
      description:
        'A user, role, role session or federated user that the directory does not hold, or a canonical user of S3. Whether its own ' +
        'account allows it this is not known',
    },
    SERVICE: { description: 'An AWS service' },
    FEDERATED: { description: 'Users of an identity provider' },
    EVERYBODY: {
      description: 'Everybody: principals of any account, and unsigned requests if the action accepts them',
    },
  } as const,
});

export const Outsider = builder.objectRef<OutsiderValue>('Outsider').implement({
  description: 'A principal that the policy of a resource lets in and that the directory does not hold',
  fields: (t) => ({
    kind: t.field({ type: OutsiderKind, description: 'Kind of principal', resolve: ({ kind }) => kind }),
    value: t.exposeString('value', {
      description:
        'An account id, an ARN or a canonical user id, a service principal, the ARN or name of an identity provider, or `*`',
    }),
    statements: t.field({
      type: [MatchedStatement],
      description:
        'The statements that let it in; with `conditional: true` also statements whose conditions are open. Without those of policies ' +
        'that the caller may not read',
      resolve: ({ statements }) => [...statements],
    }),
  }),
});
