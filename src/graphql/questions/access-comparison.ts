import type {
  AccessComparison as AccessComparisonValue,
  AccessDifference as AccessDifferenceValue,
} from '../../analysis/compare.ts';
import { builder } from '../builder.ts';
import { PermissionTerm } from './permission-term.ts';

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
