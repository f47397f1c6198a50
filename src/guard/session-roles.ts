import DataLoader from 'dataloader';
import type { Gathered } from '../directory/directory.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import { fromMemory } from './from-memory.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { roleOfSession } from './readable.ts';

type SessionRef = Extract<PrincipalRef, { readonly kind: 'roleSession' }>;
type RoleLoader = DataLoader<SessionRef, string>;

const loaders = new WeakMap<object, RoleLoader>();

/**
 * The ARN of the role of a session; of one that is not stored, what its own ARN says. Sessions that a request asks about at the same
 * time and that are not in memory are looked up together: an enforcement point asks about thousands, each of its own name.
 */
export function roleArnOf(context: GuardContext, session: SessionRef): MaybePromise<string> {
  const remembered = fromMemory(context, (memory) => roleIn(memory, session));
  if (remembered !== undefined) return remembered;
  const known = loaders.get(context.request) ?? loaderOf(context);
  loaders.set(context.request, known);
  return known.load(session);
}

function roleIn(gathered: Pick<Gathered, 'principal'>, session: SessionRef): string {
  const facts = gathered.principal(session)?.value.facts;
  return facts?.kind === 'roleSession' ? facts.role.arn : roleOfSession(session.arn);
}

function loaderOf({ directory, now }: GuardContext): RoleLoader {
  return new DataLoader(
    async (sessions) => {
      const gathered = await directory.gather({ principals: sessions, roles: [], resources: [], now });
      return sessions.map((session) => roleIn(gathered, session));
    },
    // Looked up anew for each question: a mutation can stand between two of them.
    { cache: false },
  );
}
