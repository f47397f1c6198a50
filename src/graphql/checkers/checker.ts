import type { CheckerRecord } from '../../directory/stores/checker-store.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import { checkerName } from '../../session/audited.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { operatorValue } from '../entities/other-principals.ts';
import { Principal, type PrincipalParent } from '../entities/principal.ts';
import { principalOf } from '../sessions/role-session.ts';
import { tableConnection } from '../table-connection.ts';

export const CheckerScope = builder.enumType('CheckerScope', {
  description: 'The principals that a checker may ask about',
  values: {
    ALL: { description: 'All principals. Only the operator makes such checkers' },
    ACCOUNTS: { description: 'Principals of given accounts' },
  } as const,
});

/** Stands in the place of a principal where the caller is named, as the operator does. */
interface CheckerParent extends PrincipalParent {
  readonly record: CheckerRecord;
}

export const Checker = builder.objectRef<CheckerParent>('Checker').implement({
  description:
    'A caller that can only ask, for an enforcement point: it has a bearer token of its own, and asks with the present rights of ' +
    'its maker. It is no principal of IAM; what asks about its permissions is null, with an error. A gateway extension',
  interfaces: [Principal],
  fields: (t) => ({
    checkerId: t.string({ description: 'Id of the checker', resolve: ({ record }) => record.id }),
    name: t.string({ description: 'Name of the checker, as given', resolve: ({ record }) => record.name }),
    scope: t.field({
      type: CheckerScope,
      description: 'The principals that it may ask about',
      resolve: ({ record }) => (record.accountIds === null ? 'ALL' : 'ACCOUNTS'),
    }),
    accountIds: t.field({
      type: ['AccountId'],
      description: 'The accounts whose principals it may ask about. Empty: see `scope`',
      resolve: ({ record }) => [...(record.accountIds ?? [])],
    }),
    actions: t.stringList({
      description: 'The actions that it may ask about: patterns as in policies. `*`: all',
      resolve: ({ record }) => [...record.actions],
    }),
    search: t.boolean({
      description: 'Whether it may also search for principals that may do something (`whoCan`)',
      resolve: ({ record }) => record.search,
    }),
    maker: t.field({
      type: Principal,
      nullable: true,
      description:
        'The user or role with whose rights it asks, and with which it ends, or the operator. Of a role session it is the role. Null, ' +
        'with an error, for the checker itself',
      resolve: ({ record: { maker } }) => makerValue(maker),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was made',
      resolve: ({ record }) => record.createdAt,
    }),
    rotatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it got its present token; null: it has the first one',
      resolve: ({ record }) => record.rotatedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When its token expires. It is listed until it is revoked',
      resolve: ({ record }) => record.expiresAt,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When its token was last used, to within five minutes; null: never. Null, with an error, for the checker itself',
      resolve: ({ record }) => record.lastUsedAt,
    }),
  }),
});

export const CheckerConnection = tableConnection('Checker', Checker, {
  page: 'A page of checkers',
  entry: 'A checker',
});

function makerValue(maker: CheckerRecord['maker']): PrincipalParent {
  if (maker.kind === 'operator') return operatorValue();
  const principal = parsePrincipalRef(maker.arn);
  if (principal === null) throw new Error(`a checker was made by \`${maker.arn}\`, which is not a principal`);
  return principalOf({ principal });
}

/** A checker as a value of the schema. */
export function checkerValue(record: CheckerRecord): CheckerParent {
  return brand({ record, standIn: { id: checkerName(record.id), name: record.name, noun: 'a checker' } }, 'Checker');
}
