import DataLoader from 'dataloader';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import { roleOfSession } from './readable.ts';

type SessionRef = Extract<PrincipalRef, { readonly kind: 'roleSession' }>;
type RoleLoader = DataLoader<SessionRef, string>;

const loaders = new WeakMap<object, RoleLoader>();

/**
 * The ARN of the role of a session; of one that is not stored, what its own ARN says. Sessions that a request asks about at the same
 * time are looked up together: an enforcement point asks about thousands, each of its own name.
 */
export function roleArnOf(context: GuardContext, session: SessionRef): Promise<string> {
  const known = loaders.get(context.request) ?? loaderOf(context);
  loaders.set(context.request, known);
  return known.load(session);
}

function loaderOf({ directory, now }: GuardContext): RoleLoader {
  return new DataLoader(
    async (sessions) => {
      const request = { principals: sessions, roles: [], resources: [], now };
      const gathered = directory.gatherNow(request) ?? (await directory.gather(request));
      return sessions.map((session) => {
        const facts = gathered.principal(session)?.value.facts;
        return facts?.kind === 'roleSession' ? facts.role.arn : roleOfSession(session.arn);
      });
    },
    // Looked up anew for each question: a mutation can stand between two of them.
    { cache: false },
  );
}
