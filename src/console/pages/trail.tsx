import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type AuditEventFilterInput, TrailDocument, type TrailQuery } from '../../generated/console/questions.ts';
import { formText } from '../form-text.ts';
import { count, shortName, timeText } from '../names.ts';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
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

interface Loaded {
  readonly events: readonly Event[];
  /** Where older ones begin; null: there are none; undefined: not known yet. */
  readonly older: string | null | undefined;
  readonly failure: Failure | null;
}

const NOTHING: Loaded = { events: [], older: undefined, failure: null };

/** The trail is in the order of time; people begin at its end. */
function useTrail(url: string, filter: AuditEventFilterInput) {
  const [loaded, setLoaded] = useState<Loaded>(NOTHING);
  const load = async (before: string | null, isCurrent: () => boolean): Promise<void> => {
    const { data, failure } = await ask(TrailDocument, { filter, before });
    if (!isCurrent()) return;
    const page = data?.auditEvents ?? null;
    setLoaded(({ events }) => ({
      events: [...(before === null ? [] : events), ...(page?.nodes.toReversed() ?? [])],
      older: page?.pageInfo.hasPreviousPage === true ? page.pageInfo.startCursor : null,
      failure: page === null ? failure : null,
    }));
  };
  useEffect(() => {
    let current = true;
    setLoaded(NOTHING);
    void load(null, () => current);
    return () => {
      current = false;
    };
  }, [url]);
  return { ...loaded, more: (before: string) => void load(before, () => true) };
}

/** Who did what, as whom and in which role: the newest first. */
export function Trail() {
  const { query, url } = useLocation();
  const { events, older, failure, more } = useTrail(url, filterOf(query));
  return (
    <Page title="Trail" heading="Who did what">
      <p class="lead">Sign-ins, switches, changes and refusals that you may see, the newest first.</p>
      <Filters key={url} query={query} />
      {failure !== null && <FailureNotice failure={failure} />}
      {older === undefined && <Skeleton lines={6} />}
      {older !== undefined && failure === null && events.length === 0 && <p>Nothing of this kind has happened.</p>}
      {events.length > 0 && (
        <ol class="rows">
          {events.map((event) => (
            <EventRow key={event.eventId} event={event} />
          ))}
        </ol>
      )}
      {older != null && (
        <button type="button" class="button" onClick={() => more(older)}>
          Older ones
        </button>
      )}
    </Page>
  );
}

function Filters({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const { route } = useLocation();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement); // as: of the form below
    const given = FILTERS.map((name) => [name, formText(form, name)]).filter(([, text]) => text !== '');
    route(given.length === 0 ? '/trail' : `/trail?${new URLSearchParams(given)}`);
  };
  return (
    <form class="card filters" onSubmit={submit} aria-label="Filters">
      {FILTERS.slice(0, 3).map((name) => (
        <label key={name} class="field">
          <span>{LABELS[name]}</span>
          <input name={name} defaultValue={query[name] ?? ''} spellcheck={false} autocomplete="off" />
        </label>
      ))}
      <label class="field">
        <span>{LABELS.outcome}</span>
        <select name="outcome">
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
  );
}

const LABELS = { principal: 'Who', event: 'Event', target: 'On what', outcome: 'Outcome' } as const;

function filterOf(query: Readonly<Record<string, string>>): AuditEventFilterInput {
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
