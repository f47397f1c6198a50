import { builder } from './builder.ts';
import { PermissionTerm, type PermissionTermValue } from './permission-term.ts';

interface AccessDifferenceValue {
  readonly action: string;
  readonly before: readonly PermissionTermValue[];
  readonly after: readonly PermissionTermValue[];
}

export interface AccessComparisonValue {
  readonly gained: readonly AccessDifferenceValue[];
  readonly lost: readonly AccessDifferenceValue[];
  readonly changed: readonly AccessDifferenceValue[];
  readonly keptCount: number;
}

const AccessDifference = builder.objectRef<AccessDifferenceValue>('AccessDifference').implement({
  description: 'One action, with what of it is allowed before and after',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action' }),
    before: t.field({
      type: [PermissionTerm],
      description: 'What the principal may do as itself; empty: nothing',
      resolve: ({ before }) => [...before],
    }),
    after: t.field({
      type: [PermissionTerm],
      description: 'What it may do in the role; empty: nothing',
      resolve: ({ after }) => [...after],
    }),
  }),
});

export const AccessComparison = builder.objectRef<AccessComparisonValue>('AccessComparison').implement({
  description: 'Own permissions beside those in the role, action by action',
  fields: (t) => ({
    gained: t.field({
      type: [AccessDifference],
      description: 'Actions that only the role allows',
      resolve: ({ gained }) => [...gained],
    }),
    lost: t.field({
      type: [AccessDifference],
      description: 'Actions that the principal gives up entirely',
      resolve: ({ lost }) => [...lost],
    }),
    changed: t.field({
      type: [AccessDifference],
      description: 'Actions that both allow, on different resources or conditions',
      resolve: ({ changed }) => [...changed],
    }),
    keptCount: t.exposeInt('keptCount', { description: 'How many actions stay exactly as they were' }),
  }),
});
