import type {
  AccessComparison as AccessComparisonValue,
  AccessDifference as AccessDifferenceValue,
} from '../../analysis/compare.ts';
import { builder } from '../builder.ts';
import { PermissionTerm } from './permission-term.ts';

const AccessDifference = builder.objectRef<AccessDifferenceValue>('AccessDifference').implement({
  description: 'One action, with the requests that are allowed as itself and in the role',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action' }),
    before: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed to the principal as itself; empty: none',
      resolve: ({ before }) => [...before],
    }),
    after: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed in the role; empty: none',
      resolve: ({ after }) => [...after],
    }),
  }),
});

export const AccessComparison = builder.objectRef<AccessComparisonValue>('AccessComparison').implement({
  description: 'Comparison of the principal’s own permissions with those in the role, action by action',
  fields: (t) => ({
    gained: t.field({
      type: [AccessDifference],
      description: 'Actions that only the role allows',
      resolve: ({ gained }) => [...gained],
    }),
    lost: t.field({
      type: [AccessDifference],
      description: 'Actions that only the principal’s own permissions allow',
      resolve: ({ lost }) => [...lost],
    }),
    changed: t.field({
      type: [AccessDifference],
      description: 'Actions that both allow, on different resources or under different conditions',
      resolve: ({ changed }) => [...changed],
    }),
    keptCount: t.exposeInt('keptCount', { description: 'Number of actions that both allow in exactly the same way' }),
  }),
});
