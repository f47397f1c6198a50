import { useRoute } from 'preact-iso/router';
import { AccountPageDocument, type AccountPageQuery } from '../../generated/console/questions.ts';
import { policyAddress, principalAddress, resourceAddress } from '../links.ts';
import { accountName, count } from '../names.ts';
import { ControlPolicies } from '../parts/control-policies.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { timeText } from '../parts/role-parts.tsx';
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
          <Section title="Control policies of its own">
            <ControlPolicies
              policies={found.controlPolicies}
              organizationId={found.organizationId ?? ''}
              saved={again}
            />
          </Section>
          <Things title="Users" found={found.users} address={principalAddress} />
          <Things title="Roles" found={found.roles} address={principalAddress} />
          <Things title="Managed policies" found={found.policies} address={policyAddress} />
          <Things title="Resources" found={found.resources} address={resourceAddress} />
        </>
      )}
    </Page>
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

function Things({
  title,
  found,
  address,
}: {
  readonly title: string;
  readonly found: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly arn: string; readonly name?: string }[];
  } | null;
  readonly address: (arn: string) => string;
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
        {found.nodes.map(({ arn, name }) => (
          <li key={arn}>
            <a class="chip" href={address(arn)} title={arn}>
              <bdi>{name ?? arn}</bdi>
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
