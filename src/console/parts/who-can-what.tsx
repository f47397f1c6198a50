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
  const groups = found === null ? [] : groupsOf(found.nodes);
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
      {groups.length > 0 && (
        <ul class="rows" aria-label="Who can do what">
          {groups.map((group) => (
            <li key={group.actions.join()} class="row">
              <GroupView group={group} page={page} resource={resource} isPart={isPart} />
            </li>
          ))}
        </ul>
      )}
      {found !== null && <Outsiders outsiders={found.outsiders} />}
      {found !== null && found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
    </>
  );
}

/** Actions that are named before a group is opened. */
const NAMED = 3;

function GroupView({
  group: { actions, doers },
  page,
  resource,
  isPart,
}: {
  readonly group: Group;
  readonly page: string;
  readonly resource: string;
  readonly isPart: boolean;
}) {
  const more = actions.length - NAMED;
  return (
    <details class="more inline-policy">
      <summary>
        {isPart ? `${doers.length} or more` : count(doers.length, 'user or role', 'users and roles')}:{' '}
        <code>{actions.slice(0, NAMED).join(', ')}</code>
        {more > 0 && ` and ${more.toLocaleString('en')} more`}
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
      <ul class="chips" aria-label="Actions">
        {actions.map((action) => (
          <li key={action}>
            <a class="chip" href={`${resourceAddress(page)}?${new URLSearchParams({ action, on: resource })}`}>
              {action}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface Group {
  readonly actions: readonly string[];
  readonly doers: readonly Doer[];
}

/** Actions that the same people can do, in the same way, are one group: those of most people first. */
function groupsOf(nodes: readonly Access[]): readonly Group[] {
  const byAction = new Map<string, Doer[]>();
  for (const { principal, actions } of nodes) {
    for (const { conditions, decision } of actions) {
      const doers = byAction.get(decision.action) ?? [];
      doers.push({ principal, conditional: conditions.length > 0 });
      byAction.set(decision.action, doers);
    }
  }
  const groups = new Map<string, { actions: string[]; doers: readonly Doer[] }>();
  for (const [action, doers] of byAction) {
    const key = JSON.stringify(doers.map(({ principal, conditional }) => [principal.principalId, conditional]));
    const group = groups.get(key) ?? { actions: [], doers };
    group.actions.push(action);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => b.doers.length - a.doers.length);
}
