import { useEffect, useState } from 'preact/hooks';
import {
  PermissionSummaryDocument,
  PermissionsDocument,
  type PermissionsQuery,
  type PermissionsQueryVariables,
} from '../../generated/console/questions.ts';
import { count, list } from '../names.ts';
import { type Answered, ask } from '../questions/ask.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { LEVEL_WORDS, type ServicePermissions, strongest, Treemap } from './treemap.tsx';
import { Verdict } from './verdict.tsx';
import { VirtualList } from './virtual.tsx';

type Permission = NonNullable<PermissionsQuery['effectivePermissions']>['permissions']['nodes'][number];

/** Everything that somebody may do: as a picture by service, and as a list with where and under which conditions. */
export function Permissions({ principal, role }: { readonly principal: string; readonly role: string | null }) {
  const [chosen, choose] = useState<string | null>(null);
  const { data, failure, loading, again } = useAnswer(PermissionSummaryDocument, { principal, role });
  const found = data?.effectivePermissions ?? null;
  const services = (found?.summary ?? [])
    .filter(({ allowedActions }) => allowedActions > 0)
    .toSorted((a, b) => b.allowedActions - a.allowedActions);
  const total = services.reduce((sum, { allowedActions }) => sum + allowedActions, 0);
  return (
    <Section
      title="Effective permissions"
      aside={
        found !== null && (
          <span class="muted">{`${count(total, 'action')} of ${count(services.length, 'service')}`}</span>
        )
      }
    >
      {loading && <Skeleton lines={5} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found !== null && total === 0 && (
        <p>Nothing at all: no policy allows an action, or what is allowed is taken away again.</p>
      )}
      {services.length > 0 && (
        <>
          <Treemap services={services} chosen={chosen} choose={choose} />
          <Legend />
          <Services services={services} chosen={chosen} choose={choose} />
          <Actions key={chosen ?? ''} principal={principal} role={role} service={chosen} />
        </>
      )}
      {found !== null && found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
      {found !== null && found.partial.length > 0 && (
        <Notice>Not all terms are listed of: {found.partial.join(', ')}.</Notice>
      )}
    </Section>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {Object.entries(LEVEL_WORDS).map(([level, word]) => (
        <li key={level} class={`legend-entry level-${level.toLowerCase()}`}>
          {word}
        </li>
      ))}
    </ul>
  );
}

function Services({
  services,
  chosen,
  choose,
}: {
  readonly services: readonly ServicePermissions[];
  readonly chosen: string | null;
  readonly choose: (service: string | null) => void;
}) {
  return (
    <ul class="chips" aria-label="Services">
      {services.slice(0, 60).map((each) => (
        <li key={each.service}>
          <button
            type="button"
            class="chip"
            aria-pressed={each.service === chosen}
            onClick={() => choose(each.service === chosen ? null : each.service)}
            title={each.serviceName ?? each.service}
          >
            {each.service} {each.allowedActions}/{each.totalActions}, {LEVEL_WORDS[strongest(each)]}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Pages {
  readonly nodes: readonly Permission[];
  /** Null: not known yet. */
  readonly total: number | null;
  readonly problem: string | null;
}

/** All actions, page after page. */
function usePages(principal: string, role: string | null, service: string | null): Pages {
  const [pages, setPages] = useState<Pages>({ nodes: [], total: null, problem: null });
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      let after: string | null = null;
      do {
        const services = service === null ? null : [service];
        const variables: PermissionsQueryVariables = { principal, role, services, after };
        const { data, failure }: Answered<PermissionsQuery> = await ask(PermissionsDocument, variables);
        if (!current) return;
        const page = data?.effectivePermissions?.permissions;
        if (page === undefined) {
          setPages((before) => ({ ...before, problem: failure?.sentence ?? 'The list cannot be shown.' }));
          return;
        }
        setPages(({ nodes }) => ({ nodes: [...nodes, ...page.nodes], total: page.totalCount, problem: null }));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
    };
    void load();
    return () => {
      current = false;
    };
  }, [principal, role, service]);
  return pages;
}

/** In a list that draws only what is seen. */
function Actions({
  principal,
  role,
  service,
}: {
  readonly principal: string;
  readonly role: string | null;
  readonly service: string | null;
}) {
  const { nodes, total, problem } = usePages(principal, role, service);
  if (problem !== null) return <Notice kind="warning">{problem}</Notice>;
  if (total === null) return <Skeleton lines={4} />;
  return (
    <>
      <p class="muted" role="status">
        {nodes.length < total
          ? `${count(nodes.length, 'action')} of ${total} are here, the rest is coming`
          : count(total, 'action')}
        {service !== null && ` of ${service}`}
      </p>
      <VirtualList items={nodes} label="Actions">
        {(permission) => (
          <div class="permission">
            <code>{permission.action}</code>
            <span class="permission-level">{LEVEL_WORDS[permission.accessLevel]}</span>
            <bdi class="permission-where" title={whereOf(permission)}>
              {whereOf(permission)}
            </bdi>
            {isConditional(permission) && <Verdict meaning="unknown" word="under conditions" />}
          </div>
        )}
      </VirtualList>
    </>
  );
}

function isConditional({ allow }: Permission): boolean {
  return allow.every(({ conditions }) => conditions.length > 0);
}

/** On what, in a line: each term names resources that all of its patterns name. */
export function whereOf({ allow, deny }: Pick<Permission, 'allow' | 'deny'>): string {
  const terms = allow.map(({ resources }) =>
    resources.length === 0 ? 'anything' : resources.map((each) => each.join(' or ')).join(' within '),
  );
  return `${list([...new Set(terms)])}${deny.length === 0 ? '' : ', with exceptions'}`;
}
