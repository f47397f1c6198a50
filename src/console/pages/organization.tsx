import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { OrganizationsDocument, type OrganizationsQuery } from '../../generated/console/questions.ts';
import { count } from '../names.ts';
import { ControlPolicies } from '../parts/control-policies.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { useAnswer } from '../questions/use-answer.ts';

type Found = NonNullable<OrganizationsQuery['organizations']>['nodes'][number];
type Unit = NonNullable<Found['units']>['nodes'][number];

/** The tree of units and accounts, with control policies at the place where they are attached. */
export function Organization() {
  const { data, failure, loading, again } = useAnswer(OrganizationsDocument, {});
  const found = data?.organizations?.nodes ?? null;
  const first = found?.[0];
  return (
    <Page
      title="Organization"
      heading={
        first === undefined
          ? 'Organization'
          : `${count(accountsIn(first), 'account')} in ${count(first.units?.totalCount ?? 0, 'unit')}.`
      }
    >
      <p class="lead">
        Control policies say what accounts can do at most. They hold for everything below the place where they are.
      </p>
      {loading && <Skeleton lines={8} />}
      {failure !== null && (found === null || found.length === 0) && <FailureNotice failure={failure} again={again} />}
      {found?.length === 0 && failure === null && <p>No organization is known, or you may not see it.</p>}
      {found !== null && <At />}
      {found?.map((each) => (
        <Tree key={each.organizationId} found={each} saved={again} />
      ))}
    </Page>
  );
}

/** Shows the place that the address names, where the tree has it. */
function At() {
  const at = useLocation().query['at'];
  useEffect(() => {
    const place = [...document.querySelectorAll<HTMLElement>('[data-at]')].find((each) => each.dataset['at'] === at);
    place?.scrollIntoView({ block: 'center' });
    (place?.querySelector<HTMLElement>(':scope > summary') ?? place)?.focus({ preventScroll: true });
  }, [at]);
  return null;
}

function Tree({ found: each, saved }: { readonly found: Found; readonly saved: () => void }) {
  const at = { organizationId: each.organizationId, saved };
  return (
    <Section title={each.organizationId}>
      <div class="card tree">
        <ul>
          {(each.roots ?? []).map((root) => (
            <li key={root.rootId}>
              <p class="tree-node" data-at={root.rootId} tabIndex={-1}>
                <strong>
                  <bdi>{root.name ?? root.rootId}</bdi>
                </strong>{' '}
                <span class="muted">the root</span>
              </p>
              <ControlPolicies policies={root.controlPolicies} {...at} />
              <ul>
                <Accounts accounts={root.accounts} management={each.managementAccountId} />
                <Units parent={null} units={each.units?.nodes ?? []} management={each.managementAccountId} {...at} />
                <More here={each.units?.nodes.length ?? 0} all={each.units?.totalCount ?? 0} what="unit" />
              </ul>
            </li>
          ))}
        </ul>
      </div>
      <Unattached found={each} {...at} />
    </Section>
  );
}

/** Control policies that hold nowhere. */
function Unattached({
  found: { controlPolicies, organizationId },
  saved,
}: {
  readonly found: Found;
  readonly saved: () => void;
}) {
  const policies = (controlPolicies?.nodes ?? []).filter(({ targets }) => targets?.length === 0);
  if (policies.length === 0) return null;
  return (
    <>
      <h3>Attached nowhere</h3>
      <ControlPolicies policies={policies} organizationId={organizationId} saved={saved} />
    </>
  );
}

function accountsIn({ roots, units }: Found): number {
  const places = [...(roots ?? []), ...(units?.nodes ?? [])];
  return places.reduce((sum, { accounts }) => sum + (accounts?.totalCount ?? 0), 0);
}

function Units({
  parent,
  units,
  management,
  organizationId,
  saved,
}: {
  readonly parent: string | null;
  readonly units: readonly Unit[];
  readonly management: string | null;
  readonly organizationId: string;
  readonly saved: () => void;
}) {
  return (
    <>
      {units
        .filter((unit) => (unit.parent?.unitId ?? null) === parent)
        .map((unit) => (
          <li key={unit.unitId}>
            <p class="tree-node" data-at={unit.unitId} tabIndex={-1}>
              <strong>
                <bdi>{unit.name ?? unit.unitId}</bdi>
              </strong>{' '}
              <span class="muted">a unit</span>
            </p>
            <ControlPolicies policies={unit.controlPolicies} organizationId={organizationId} saved={saved} />
            <ul>
              <Accounts accounts={unit.accounts} management={management} />
              <Units
                parent={unit.unitId}
                units={units}
                management={management}
                organizationId={organizationId}
                saved={saved}
              />
            </ul>
          </li>
        ))}
    </>
  );
}

function Accounts({
  accounts,
  management,
}: {
  readonly accounts: Unit['accounts'];
  readonly management: string | null;
}) {
  return (
    <>
      {accounts?.nodes.map(({ accountId, name }) => (
        <li key={accountId}>
          <p class="tree-node">
            <a href={`/account/${accountId}`}>
              <bdi>{name ?? accountId}</bdi>
            </a>{' '}
            <span class="muted">
              {accountId === management ? 'the management account: no control policy holds for it' : accountId}
            </span>
          </p>
        </li>
      ))}
      <More here={accounts?.nodes.length ?? 0} all={accounts?.totalCount ?? 0} what="account" />
    </>
  );
}

/** What a tree of this size leaves out is said. */
function More({ here, all, what }: { readonly here: number; readonly all: number; readonly what: 'account' | 'unit' }) {
  if (all <= here) return null;
  return (
    <li class="muted">
      and {count(all - here, `more ${what}`)}
      {what === 'account' ? ': search finds them' : ', which are not shown'}
    </li>
  );
}
