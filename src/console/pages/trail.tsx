import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type AuditEventFilterInput, TrailDocument, type TrailQuery } from '../../generated/console/questions.ts';
import { count, shortName } from '../names.ts';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { timeText } from '../parts/role-parts.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { ask, type Failure } from '../questions/ask.ts';
import type { Meaning } from '../words.ts';

type Event = NonNullable<TrailQuery['auditEvents']>['nodes'][number];

const OUTCOMES = {
  SUCCEEDED: ['allowed', 'Done'],
  REFUSED: ['denied', 'Refused'],
  FAILED: ['unknown', 'Failed'],
} as const satisfies Record<Event['outcome'], readonly [Meaning, string]>;

const FILTERS = ['principal', 'event', 'target', 'outcome'] as const;

/** Who did what, as whom and in which role: the newest first. */
export function Trail() {
  const { query, route, url } = useLocation();
  const [events, setEvents] = useState<readonly Event[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (before: string | null, isCurrent: () => boolean): Promise<void> => {
    const { data, failure: why } = await ask(TrailDocument, { filter: filterOf(query), before });
    if (!isCurrent()) return;
    const page = data?.auditEvents ?? null;
    setFailure(page === null ? why : null);
    // The trail is in the order of time; people begin at its end.
    const older = page?.nodes.toReversed() ?? [];
    setEvents((newer) => (before === null ? older : [...newer, ...older]));
    setNext(page?.pageInfo.hasPreviousPage === true ? page.pageInfo.startCursor : null);
  };
  useEffect(() => {
    let current = true;
    setNext(undefined);
    void load(null, () => current);
    return () => {
      current = false;
    };
  }, [url]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement); // as: of the form below
    const given = FILTERS.map((name) => [name, String(form.get(name) ?? '').trim()]).filter(([, text]) => text !== '');
    route(given.length === 0 ? '/trail' : `/trail?${new URLSearchParams(given)}`);
  };
  return (
    <Page title="Trail" heading="Who did what">
      <p class="lead">Sign-ins, switches, changes and refusals that you may see, the newest first.</p>
      <form key={url} class="card filters" onSubmit={submit} aria-label="Filters">
        {FILTERS.slice(0, 3).map((name) => (
          <label key={name} class="field">
            <span>{LABELS[name]}</span>
            <input name={name} defaultValue={query[name] ?? ''} spellcheck={false} autocomplete="off" />
          </label>
        ))}
        <label class="field">
          <span>{LABELS.outcome}</span>
          <select name="outcome" defaultValue={query['outcome'] ?? ''}>
            <option value="">any</option>
            {Object.entries(OUTCOMES).map(([value, [, word]]) => (
              <option key={value} value={value} selected={query['outcome'] === value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button">
          Filter
        </button>
      </form>
      {failure !== null && <FailureNotice failure={failure} />}
      {next === undefined && <Skeleton lines={6} />}
      {next !== undefined && failure === null && events.length === 0 && <p>Nothing of this kind has happened.</p>}
      {events.length > 0 && (
        <ol class="rows">
          {events.map((event) => (
            <EventRow key={event.eventId} event={event} />
          ))}
        </ol>
      )}
      {next != null && (
        <button type="button" class="button" onClick={() => void load(next, () => true)}>
          Older ones
        </button>
      )}
    </Page>
  );
}

const LABELS = { principal: 'Who', event: 'Event', target: 'On what', outcome: 'Outcome' } as const;

function filterOf(query: Readonly<Record<string, string>>): AuditEventFilterInput | null {
  const { principal = '', event = '', target = '', outcome = '' } = query;
  const known = outcome === 'SUCCEEDED' || outcome === 'REFUSED' || outcome === 'FAILED';
  return {
    ...(principal !== '' && { principal }),
    ...(event !== '' && { event }),
    ...(target !== '' && { target }),
    ...(known && { outcome }),
  };
}

function EventRow({ event: one }: { readonly event: Event }) {
  const { at, event, outcome, code, principal, roleArn, target, sourceIp, count: times } = one;
  const [meaning, word] = OUTCOMES[outcome];
  return (
    <li class="row event">
      <time dateTime={at}>{timeText(at)}</time>
      <Verdict meaning={meaning} word={word} />
      <span>
        <strong>{event}</strong> by <bdi title={principal}>{shortName(principal)}</bdi>
        {roleArn !== null && (
          <>
            {' '}
            in the role <bdi title={roleArn}>{shortName(roleArn)}</bdi>
          </>
        )}
        {target !== null && (
          <>
            {' '}
            on <bdi title={target}>{shortName(target)}</bdi>
          </>
        )}
        <span class="muted">
          {code !== null && ` ${code}`}
          {sourceIp !== null && ` from ${sourceIp}`}
          {times > 1 && `, ${count(times, 'time')}`}
        </span>
      </span>
    </li>
  );
}
