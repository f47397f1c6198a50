import { useRoute } from 'preact-iso/router';
import { AccountPageDocument, type AccountPageQuery } from '../../generated/console/questions.ts';
import { endpointAddress, groupAddress, policyAddress, principalAddress, resourceAddress } from '../links.ts';
import { accountName, count, timeText } from '../names.ts';
import { ControlPolicies } from '../parts/control-policies.tsx';
import { FindingsOnDemand } from '../parts/finding-lines.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { useAnswer } from '../questions/use-answer.ts';

type Found = NonNullable<AccountPageQuery['account']>;

/** What is known of an account, and what is in it. */
export function Account() {
  const id = useRoute().params['id'] ?? '';
  return <One key={id} id={id} />;
}

function One({ id }: { readonly id: string }) {
  const { data, failure, loading, again } = useAnswer(AccountPageDocument, { accountId: id });
  const found = data?.account ?? null;
  return (
    <Page title={accountName(found) || id} heading={<bdi>{accountName(found) || id}</bdi>}>
      <p class="lead">
        Account {id}
        {found?.unit != null && (
          <>
            {' '}
            in the unit <bdi>{found.unit.name ?? found.unit.unitId}</bdi>
          </>
        )}
        .
      </p>
      {loading && <Skeleton lines={6} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found === null && !loading && failure === null && (
        <p>The directory has no such account, or you may not know of it.</p>
      )}
      {found !== null && (
        <>
          <Knowledge found={found} />
          <Levels found={found} saved={again} />
          <FindingsOnDemand
            title="Who from elsewhere comes in"
            none="No policy that stands in it lets anybody in from outside the organization."
            kinds={FROM_ELSEWHERE}
            account={id}
          />
          <Things title="Users" found={found.users} address={principalAddress} />
          <Things title="Roles" found={found.roles} address={principalAddress} />
          <Things title="Groups" found={found.groups} address={groupAddress} />
          <Things title="Managed policies" found={found.policies} address={policyAddress} />
          <Things title="Resources" found={found.resources} address={resourceAddress} />
          <Things
            title="VPC endpoints"
            found={found.vpcEndpoints}
            nameOf={({ endpointId, serviceName }) => `${endpointId} to ${serviceName}`}
            address={endpointAddress}
          />
        </>
      )}
    </Page>
  );
}

const FROM_ELSEWHERE = ['PUBLIC_ACCESS', 'CROSS_ACCOUNT_ACCESS'] as const;

type Above = NonNullable<Found['unit']>;
type Level = Pick<Above, 'unitId' | 'name' | 'controlPolicies'> & { readonly parent?: Level | null };

/** The units above an account, the highest first. */
function unitsAbove(unit: Level | null): readonly Level[] {
  return unit === null ? [] : [...unitsAbove(unit.parent ?? null), unit];
}

/** What the account inherits, level by level, and what is its own. */
function Levels({ found, saved }: { readonly found: Found; readonly saved: () => void }) {
  const { organization, accountId, controlPolicies } = found;
  const at = { organizationId: found.organizationId ?? '', saved };
  if (found.organizationId === null) return null;
  return (
    <Section title="Control policies, level by level">
      {organization?.managementAccountId === accountId && (
        <p>It is the management account: none of them holds for it.</p>
      )}
      <ol class="rows">
        {organization?.roots?.map(({ rootId, name, controlPolicies: policies }) => (
          <LevelRow key={rootId} what="the root" name={name ?? rootId} policies={policies} at={at} />
        ))}
        {unitsAbove(found.unit).map(({ unitId, name, controlPolicies: policies }) => (
          <LevelRow key={unitId} what="a unit" name={name ?? unitId} policies={policies} at={at} />
        ))}
        <LevelRow what="the account itself" name={accountName(found)} policies={controlPolicies} at={at} />
      </ol>
    </Section>
  );
}

function LevelRow({
  what,
  name,
  policies,
  at,
}: {
  readonly what: string;
  readonly name: string;
  readonly policies: Found['controlPolicies'];
  readonly at: { readonly organizationId: string; readonly saved: () => void };
}) {
  return (
    <li class="row level">
      <strong>
        <bdi>{name}</bdi>
      </strong>{' '}
      <span class="muted">{what}</span>
      <ControlPolicies policies={policies} {...at} />
      {policies?.length === 0 && <span class="muted">none</span>}
    </li>
  );
}

const STATES = {
  COMPLETE: ['allowed', 'Complete'],
  PARTIAL: ['unknown', 'A part'],
  NONE: ['unknown', 'Not known'],
} as const;

type Known = NonNullable<Found['knowledge']>[number];

/** What the account is known to have, layer by layer: what is not known can be missing in answers. That comes first. */
function Knowledge({ found }: { readonly found: Found }) {
  if (found.knowledge === null) return null;
  const complete = found.knowledge.filter(({ state }) => state === 'COMPLETE');
  const others = found.knowledge.filter(({ state }) => state !== 'COMPLETE');
  return (
    <Section title="What is known">
      {others.length > 0 && <KnownRows known={others} />}
      {complete.length > 0 && (
        <details class="more">
          <summary>
            {others.length === 0 ? 'Everything' : 'The rest'}: {count(complete.length, 'layer')} complete
          </summary>
          <KnownRows known={complete} />
        </details>
      )}
    </Section>
  );
}

function KnownRows({ known }: { readonly known: readonly Known[] }) {
  return (
    <ul class="rows">
      {known.map(({ layer, state, service, missing, at }) => {
        const [meaning, word] = STATES[state];
        return (
          <li key={`${layer} ${service ?? ''}`} class="row">
            <Verdict meaning={meaning} word={word} />
            <span>
              {layer.charAt(0) + layer.slice(1).toLowerCase().replaceAll('_', ' ')}
              {service !== null && ` of ${service}`}
            </span>
            <span class="muted">
              {missing.length > 0 && `without ${missing.join(', ')} `}
              {at !== null && `as of ${timeText(at)}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Things<T extends { readonly arn: string; readonly name?: string }>({
  title,
  found,
  address,
  nameOf = ({ arn, name }) => name ?? arn,
}: {
  readonly title: string;
  readonly found: { readonly totalCount: number; readonly nodes: readonly T[] } | null;
  readonly address: (arn: string) => string;
  readonly nameOf?: (one: T) => string;
}) {
  if (found === null) {
    return (
      <Section title={title}>
        <p class="muted">You may not list them.</p>
      </Section>
    );
  }
  return (
    <Section title={title} aside={<span class="muted">{found.totalCount}</span>}>
      {found.nodes.length === 0 && <p class="muted">None.</p>}
      <ul class="chips">
        {found.nodes.map((one) => (
          <li key={one.arn}>
            <a class="chip" href={address(one.arn)} title={one.arn}>
              <bdi>{nameOf(one)}</bdi>
            </a>
          </li>
        ))}
      </ul>
      {found.totalCount > found.nodes.length && (
        <p class="muted">
          The first {found.nodes.length} of {count(found.totalCount, 'entry', 'entries')}. Search finds the others.
        </p>
      )}
    </Section>
  );
}
