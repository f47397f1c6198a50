import { WhoCanWhatDocument, type WhoCanWhatQuery } from '../../generated/console/questions.ts';
import { principalAddress, resourceAddress } from '../links.ts';
import { accountName, count, nameOf } from '../names.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { Arn } from './arn.tsx';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Outsiders } from './outsiders.tsx';
import { Verdict } from './verdict.tsx';

type Access = NonNullable<WhoCanWhatQuery['whoCan']>['nodes'][number];

interface Doer {
  readonly principal: Access['principal'];
  readonly conditional: boolean;
}

/** Everything that somebody can do with a resource: a line for each action, with how many can, and who. */
export function WhoCanWhat({ page, resource }: { readonly page: string; readonly resource: string }) {
  const { data, failure, loading, again } = useAnswer(WhoCanWhatDocument, { resource });
  const found = data?.whoCan ?? null;
  const isPart = found !== null && found.totalCount > found.nodes.length;
  const actions = found === null ? [] : doersByAction(found.nodes);
  return (
    <>
      {loading && <Skeleton lines={6} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found !== null && (
        <p role="status">
          {found.totalCount === 0
            ? 'Nobody that you may ask about can do anything with it.'
            : `${count(found.totalCount, 'user or role', 'users and roles')} can do something with it.`}
        </p>
      )}
      {isPart && (
        <Notice>
          The first {found.nodes.length} are counted below. Ask about one action to see everybody who can do it.
        </Notice>
      )}
      {actions.length > 0 && (
        <ul class="rows" aria-label="Who can do what">
          {actions.map(([action, doers]) => (
            <li key={action} class="row">
              <details class="more inline-policy">
                <summary>
                  <code>{action}</code> <span class="muted">{isPart ? `${doers.length} or more` : doers.length}</span>
                </summary>
                <ul class="plain">
                  {doers.map(({ principal, conditional }) => (
                    <li key={principal.principalId}>
                      <Arn
                        arn={principal.principalId}
                        name={nameOf(principal)}
                        account={accountName(principal.account)}
                        href={principalAddress(principal.principalId)}
                      />{' '}
                      {conditional && <Verdict meaning="unknown" word="under conditions" />}
                    </li>
                  ))}
                </ul>
                <a href={`${resourceAddress(page)}?${new URLSearchParams({ action, on: resource })}`}>
                  Everybody who can
                </a>
              </details>
            </li>
          ))}
        </ul>
      )}
      {found !== null && <Outsiders outsiders={found.outsiders} />}
      {found !== null && found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
    </>
  );
}

/** By the name of the action. */
function doersByAction(nodes: readonly Access[]): readonly (readonly [string, readonly Doer[]])[] {
  const found = new Map<string, Doer[]>();
  for (const { principal, actions } of nodes) {
    for (const { conditions, decision } of actions) {
      const doers = found.get(decision.action) ?? [];
      doers.push({ principal, conditional: conditions.length > 0 });
      found.set(decision.action, doers);
    }
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
