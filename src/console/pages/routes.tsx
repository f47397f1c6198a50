import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { RoutesDocument, type RoutesQuery } from '../../generated/console/questions.ts';
import { accountName, count, list, nameOf, shortName } from '../names.ts';
import { Combo } from '../parts/combo.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { findActions, findPrincipals, findResources } from '../questions/complete.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { myId } from '../questions/who.ts';
import { meaningOf } from '../words.ts';

type Found = NonNullable<RoutesQuery['accessRoutes']>[number];

interface Need {
  readonly action: string;
  readonly resource: string;
}

/** A need in the address: the action, a space, the resource. */
function needIn(text: string): Need {
  const at = text.indexOf(' ');
  return at < 0 ? { action: text, resource: '' } : { action: text.slice(0, at), resource: text.slice(at + 1) };
}

/** Which hat meets all needs at once, and what each gives up. */
export function Routes() {
  const { url, route } = useLocation();
  const asked = useMemo(() => {
    const query = new URL(url, location.origin).searchParams;
    return { principal: query.get('principal') ?? '', needs: query.getAll('need').map(needIn) };
  }, [url]);
  const whole = asked.principal !== '' && asked.needs.length > 0;
  const { data, failure, loading, again } = useAnswer(RoutesDocument, whole ? asked : null);
  const found = data?.accessRoutes ?? null;
  const submit = (principal: string, needs: readonly Need[]): void => {
    const query = new URLSearchParams([
      ['principal', principal],
      ...needs.map(({ action, resource }) => ['need', `${action.trim()} ${resource.trim()}`]),
    ]);
    route(`/routes?${query}`);
  };
  return (
    <Page title="Routes" heading={found === null ? 'Which hat does it all?' : headline(asked.principal, found)}>
      <p class="lead">
        A role’s permissions replace one’s own. What is needed at the same time has to be allowed to one identity.
      </p>
      <div class="ask">
        <Form key={url} principal={asked.principal} needs={asked.needs} submit={submit} />
        <div class="ask-answer">
          {loading && <Skeleton lines={5} />}
          {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
          {found?.map((each) => (
            <RouteView key={each.roles.map(({ arn }) => arn).join(' ')} route={each} principal={asked.principal} />
          ))}
        </div>
      </div>
    </Page>
  );
}

function headline(principal: string, found: readonly Found[]): string {
  const name = nameOf({ principalId: principal });
  const fits = found.filter(({ meetsAll }) => meetsAll);
  if (fits.length === 0) return `${name} has no way to all of it at once.`;
  return `${name} can do all of it ${list(fits.map(wayOf))}.`;
}

function wayOf({ kind, roles }: Found): string {
  return kind === 'OWN_IDENTITY' ? 'with its own permissions' : `in the role ${roles.at(-1)?.name ?? ''}`;
}

function RouteView({ route, principal }: { readonly route: Found; readonly principal: string }) {
  const { kind, roles, decisions, givesUp, meetsAll } = route;
  return (
    <Section
      title={
        kind === 'OWN_IDENTITY'
          ? `${nameOf({ principalId: principal })}, with its own permissions`
          : `In the role ${roles.map(({ name }) => name).join(', then ')}`
      }
      aside={<Verdict meaning={meetsAll ? 'allowed' : 'implicit'} word={meetsAll ? 'Does it all' : 'Not all of it'} />}
    >
      {kind === 'ASSUMED_ROLE' && <p class="muted">Of the account {accountName(roles.at(-1)?.account)}.</p>}
      <ul class="rows">
        {decisions.map(({ action, resource, effect }) => (
          <li key={`${action} ${resource}`} class="row">
            <Verdict meaning={meaningOf(effect)} />
            <span>
              <code>{action}</code> on <bdi title={resource}>{shortName(resource)}</bdi>
            </span>
          </li>
        ))}
      </ul>
      {givesUp.length > 0 && (
        <p>
          Gives up {count(givesUp.length, 'need')} that it has as itself:{' '}
          {givesUp.map(({ action, resource }) => `${action} on ${shortName(resource)}`).join('; ')}.
        </p>
      )}
    </Section>
  );
}

function Form({
  principal: given,
  needs: first,
  submit,
}: {
  readonly principal: string;
  readonly needs: readonly Need[];
  readonly submit: (principal: string, needs: readonly Need[]) => void;
}) {
  const [principal, setPrincipal] = useState(given === '' ? (myId.value ?? '') : given);
  const [needs, setNeeds] = useState<readonly Need[]>(first.length === 0 ? [{ action: '', resource: '' }] : first);
  const set = (index: number, part: Partial<Need>): void =>
    setNeeds(needs.map((need, at) => (at === index ? { ...need, ...part } : need)));
  const ask = (event: SubmitEvent): void => {
    event.preventDefault();
    submit(principal.trim(), needs);
  };
  return (
    <form class="card form question" onSubmit={ask} aria-label="What is needed">
      <Combo label="Who" value={principal} change={setPrincipal} search={findPrincipals} required />
      {needs.map((need, index) => (
        <fieldset key={index} class="need">
          <legend>Need {index + 1}</legend>
          <Combo
            label={`do (${index + 1})`}
            value={need.action}
            change={(action) => set(index, { action })}
            search={findActions}
            placeholder="s3:GetObject"
            required
          />
          <Combo
            label={`on (${index + 1})`}
            value={need.resource}
            change={(resource) => set(index, { resource })}
            search={findResources}
            placeholder="arn:aws:s3:::bucket/key"
            required
          />
          {needs.length > 1 && (
            <button type="button" class="chip" onClick={() => setNeeds(needs.filter((_, at) => at !== index))}>
              Remove need {index + 1}
            </button>
          )}
        </fieldset>
      ))}
      <button type="button" class="chip" onClick={() => setNeeds([...needs, { action: '', resource: '' }])}>
        + Another need
      </button>
      <button type="submit" class="button button-first">
        Find ways
      </button>
    </form>
  );
}
