import type { PermissionTerm as PermissionTermValue } from '../../analysis/term.ts';
import { readableStatements } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';
import { MatchedStatement } from './matched-statement.ts';

export const PermissionTerm = builder.objectRef<PermissionTermValue>('PermissionTerm').implement({
  description:
    'A set of requests: the resource matches at least one pattern of every list in `resources` and no pattern of ' +
    '`notResources`, and every condition holds',
  fields: (t) => ({
    resources: t.field({
      type: t.listRef(t.listRef('String')),
      description: 'Lists of ARN patterns with `*` and `?`; one pattern of each list must match',
      resolve: ({ resources }) => resources.map((list) => [...list]),
    }),
    notResources: t.stringList({
      description: 'ARN patterns that must not match',
      resolve: ({ notResources }) => [...notResources],
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description:
        'IAM condition blocks, all of which must hold; conditions that the given context settles are not repeated',
      resolve: ({ conditions }) => [...conditions],
    }),
    statements: t.field({
      type: [MatchedStatement],
      description: 'The statements that the term comes from, without those of policies that the caller may not read',
      resolve: ({ statements }, _args, context) => readableStatements(context, statements),
    }),
  }),
});
