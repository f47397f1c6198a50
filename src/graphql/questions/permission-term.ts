import type { PermissionTerm as PermissionTermValue } from '../../analysis/term.ts';
import { readableStatements } from '../../guard/readable-policy.ts';
import { builder } from '../builder.ts';
import { MatchedStatement } from './matched-statement.ts';

export const PermissionTerm = builder.objectRef<PermissionTermValue>('PermissionTerm').implement({
  description:
    'A set of requests: the resource matches every list of `resources` in at least one pattern, matches no pattern of ' +
    '`notResources`, and every condition holds',
  fields: (t) => ({
    resources: t.field({
      type: t.listRef(t.listRef('String')),
      description: 'Lists of ARN patterns with `*` and `?`; of each list one has to match',
      resolve: ({ resources }) => resources.map((list) => [...list]),
    }),
    notResources: t.stringList({
      description: 'ARN patterns of which none may match',
      resolve: ({ notResources }) => [...notResources],
    }),
    conditions: t.field({
      type: ['PolicyDocument'],
      description:
        'IAM condition blocks, all of which must hold; what the given context already settles is not repeated',
      resolve: ({ conditions }) => [...conditions],
    }),
    statements: t.field({
      type: [MatchedStatement],
      description: 'The statements that it comes from, without those of policies that the caller may not read',
      resolve: ({ statements }, _args, context) => readableStatements(context, statements),
    }),
  }),
});
