import type { CheckerPlace } from '../../directory/stores/checker-store.ts';
import { visibleCheckers } from '../../guard/visible-checkers.ts';
import { builder } from '../builder.ts';
import { cursorPage } from '../cursor-page.ts';
import { notACursor, textOfCursor } from '../page.ts';
import { Checker, CheckerConnection, checkerValue } from './checker.ts';

builder.queryField('checkers', (t) =>
  t.connection(
    {
      type: Checker,
      nullable: true,
      description:
        'Checkers, the oldest first, expired ones included: those that the caller has made, and those of which it is allowed ' +
        'rolegate:ListCheckers in each account of their scope; the operator sees all. Others are not counted',
      resolve: async (_root, args, context) => {
        const { checkers } = context.directory;
        // Limited once, for the page and for the count.
        const filter = await visibleCheckers(context);
        return cursorPage(args, {
          cursorOf,
          nodeOf: checkerValue,
          read: ({ after, before, limit, inverted }) =>
            checkers.list({
              filter,
              ...(after === undefined ? {} : { after: placeOf('after', after) }),
              ...(before === undefined ? {} : { before: placeOf('before', before) }),
              limit,
              newest: inverted,
            }),
          count: () => checkers.count(filter),
        });
      },
    },
    CheckerConnection,
  ),
);

function cursorOf({ createdAt, id }: CheckerPlace): string {
  return Buffer.from(`checker:${createdAt}:${id}`).toString('base64url');
}

function placeOf(name: 'after' | 'before', cursor: string): CheckerPlace {
  const [, createdAt, id] = /^checker:(\d{1,15}):([\da-f-]{36})$/.exec(textOfCursor(cursor) ?? '') ?? [];
  if (createdAt === undefined || id === undefined) throw notACursor(name);
  return { createdAt: Number(createdAt), id };
}
