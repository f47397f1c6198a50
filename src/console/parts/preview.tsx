import { useState } from 'preact/hooks';
import { type DirectoryChangeInput, PreviewDocument, type PreviewQuery } from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, nameOf } from '../names.ts';
import { useAnswer } from '../questions/use-answer.ts';
import type { Refusal } from '../questions/who.ts';
import { Arn } from './arn.tsx';
import { DIFFERENCE_WORDS } from './differences.tsx';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { LEVEL_WORDS } from './treemap.tsx';
import { Verdict } from './verdict.tsx';

type Previewed = Extract<NonNullable<PreviewQuery['previewChange']>, { readonly __typename: 'PreviewChangeSuccess' }>;
type Access = Previewed['accesses']['nodes'][number];

/** What a change would do, and to whom; the change itself is made below that, by its name. */
export function Preview({
  name,
  change,
  why,
  save,
}: {
  readonly name: string;
  readonly change: DirectoryChangeInput;
  /** Where it is told why the change is refused to whoever may not make it. */
  readonly why: string;
  readonly save: (revision: string) => Promise<Refusal>;
}) {
  const { data, failure, loading, again } = useAnswer(PreviewDocument, { change });
  const result = data?.previewChange ?? null;
  return (
    <Section title="What it would do">
      {loading && <Skeleton lines={3} />}
      {failure !== null && result === null && <FailureNotice failure={failure} again={again} />}
      {result !== null && result.__typename !== 'PreviewChangeSuccess' && (
        <Notice kind="problem">
          <p>
            <bdi>{result.__typename === 'ChangeFailed' ? result.cause.message : result.message}</bdi>
          </p>
          {result.code === 'AccessDenied' && <a href={why}>See why</a>}
        </Notice>
      )}
      {result?.__typename === 'PreviewChangeSuccess' && (
        <>
          <Accesses previewed={result} />
          <Save name={name} save={() => save(result.revision)} />
        </>
      )}
    </Section>
  );
}

function Accesses({ previewed }: { readonly previewed: Previewed }) {
  const { accesses, complete, withheld, gaps } = previewed;
  return (
    <>
      <p role="status">
        {accesses.totalCount === 0
          ? 'Nobody that you may ask about gains or loses anything.'
          : `It changes what ${count(accesses.totalCount, 'principal')} may do, as itself or in a role.`}
      </p>
      {!complete && (
        <Notice kind="warning">Not all were compared: it concerns more principals than a preview goes through.</Notice>
      )}
      {withheld && <Notice kind="warning">It concerns more than you may know of.</Notice>}
      {gaps.length > 0 && <Notice>Not known, and left out: {gaps.join('; ')}.</Notice>}
      {accesses.nodes.map((access) => (
        <AccessView key={`${access.principal.principalId} ${access.assumedRole?.arn ?? ''}`} access={access} />
      ))}
      {accesses.totalCount > accesses.nodes.length && <p class="muted">The first {accesses.nodes.length} are shown.</p>}
    </>
  );
}

function AccessView({ access }: { readonly access: Access }) {
  const { principal, assumedRole, gainedCount, lostCount, changedCount, partial, differences } = access;
  return (
    <details class="card more preview-access">
      <summary>
        <bdi>{nameOf(principal)}</bdi>
        {assumedRole !== null && (
          <>
            {' '}
            in the role <bdi>{assumedRole.name}</bdi>
          </>
        )}{' '}
        <span class="muted">{accountName(principal.account)}</span>{' '}
        {gainedCount > 0 && <Verdict meaning="allowed" word={`gains ${count(gainedCount, 'action')}`} />}{' '}
        {lostCount > 0 && <Verdict meaning="denied" word={`loses ${count(lostCount, 'action')}`} />}{' '}
        {changedCount > 0 && <Verdict meaning="unknown" word={`${count(changedCount, 'action')} otherwise`} />}
      </summary>
      <Arn arn={principal.principalId} href={principalAddress(principal.principalId)} />
      <ul class="plain">
        {differences.nodes.map(({ action, accessLevel, change }) => (
          <li key={action}>
            <Verdict
              meaning={DIFFERENCE_WORDS[change][0]}
              word={{ GAINED: 'gained', LOST: 'lost', CHANGED: 'otherwise' }[change]}
            />{' '}
            <code>{action}</code> <span class="muted">{LEVEL_WORDS[accessLevel]}</span>
          </li>
        ))}
      </ul>
      {differences.totalCount > differences.nodes.length && (
        <p class="muted">
          The first {differences.nodes.length} of {count(differences.totalCount, 'action')}.
        </p>
      )}
      {partial.length > 0 && <p class="muted">Not compared: {partial.join(', ')}.</p>}
    </details>
  );
}

/** The change is made when its name was typed: somebody has seen what it is about. */
function Save({ name, save }: { readonly name: string; readonly save: () => Promise<Refusal> }) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefusal(await save());
    setBusy(false);
  };
  return (
    <form class="card form" onSubmit={(event) => void submit(event)} aria-label="Save">
      <label class="field">
        <span>
          Type <bdi>{name}</bdi> to save it
        </span>
        <input
          class="mono"
          autocomplete="off"
          spellcheck={false}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {refusal !== null && (
        <Notice kind="problem">
          <p>
            <bdi>{refusal}</bdi>
          </p>
        </Notice>
      )}
      <button type="submit" class="button button-first" disabled={busy || typed !== name}>
        {busy ? 'Saving…' : 'Save'}
      </button>
    </form>
  );
}
