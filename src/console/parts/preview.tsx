import { useState } from 'preact/hooks';
import {
  type DirectoryChangeInput,
  MakeChangeDocument,
  PreviewDocument,
  type PreviewQuery,
  type RefusedFragment,
} from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, nameOf, shortName } from '../names.ts';
import { ask } from '../questions/ask.ts';
import { addressOf } from '../questions/question.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { Arn } from './arn.tsx';
import { DIFFERENCE_WORDS } from './differences.tsx';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { LEVEL_WORDS } from './treemap.tsx';
import { Verdict } from './verdict.tsx';

type Previewed = Extract<NonNullable<PreviewQuery['previewChange']>, { readonly __typename: 'PreviewChangeSuccess' }>;
type Access = Previewed['accesses']['nodes'][number];

async function nothing(): Promise<null> {
  return null;
}

/** What a change would do, and to whom; the change itself is made below that, by its name. */
export function Preview({
  name,
  change,
  saved,
  verb = 'save',
  hindrance = nothing,
}: {
  readonly name: string;
  readonly change: DirectoryChangeInput;
  readonly saved: () => void;
  readonly verb?: 'save' | 'remove';
  /** Looked for before the change is made: why it must not be, in a sentence. Left out: nothing hinders it. */
  readonly hindrance?: (() => Promise<string | null>) | undefined;
}) {
  // What nobody must gain by it: asked when somebody says so, and not while it is typed.
  const [gains, setGains] = useState<readonly string[]>([]);
  const failIf = gains.length === 0 ? null : { gains };
  const { data, failure, loading, again } = useAnswer(PreviewDocument, { change, failIf });
  const result = data?.previewChange ?? null;
  return (
    <Section title="What it would do">
      {loading && <Skeleton lines={3} />}
      {failure !== null && result === null && <FailureNotice failure={failure} again={again} />}
      {result !== null && result.__typename !== 'PreviewChangeSuccess' && <RefusedNotice refused={result} />}
      {result?.__typename === 'PreviewChangeSuccess' && (
        <>
          <Accesses previewed={result} />
          <Failures previewed={result} />
        </>
      )}
      {(gains.length > 0 || result?.__typename === 'PreviewChangeSuccess') && (
        <MustNot gains={gains} choose={setGains} />
      )}
      {result?.__typename === 'PreviewChangeSuccess' && result.verdict !== 'FAILED' && (
        <Make name={name} change={change} revision={result.revision} saved={saved} verb={verb} hindrance={hindrance} />
      )}
    </Section>
  );
}

/** Why a change is refused, and the question that says more. */
function RefusedNotice({ refused }: { readonly refused: RefusedFragment }) {
  const cause = refused.__typename === 'ChangeFailed' ? refused.cause : null;
  const decision = cause?.__typename === 'AccessDenied' ? cause.decision : null;
  return (
    <Notice kind="problem">
      <p>
        <bdi>{cause?.message ?? refused.message}</bdi>
      </p>
      {decision !== null && (
        <a
          href={addressOf({
            principal: decision.principal.principalId,
            action: decision.action,
            resource: decision.resource,
            role: '',
            context: {},
          })}
        >
          See why
        </a>
      )}
    </Notice>
  );
}

/** What nobody must gain by the change: patterns of actions, as in a check before a change is made elsewhere. */
function MustNot({
  gains,
  choose,
}: {
  readonly gains: readonly string[];
  readonly choose: (gains: readonly string[]) => void;
}) {
  const [text, setText] = useState(gains.join(' '));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    choose(text.split(/[\s,]+/).filter((each) => each !== ''));
  };
  return (
    <form class="inline-form" onSubmit={submit} aria-label="What must not happen">
      <label class="field">
        <span>Nobody must gain</span>
        <input
          class="mono"
          placeholder="iam:* s3:Delete*"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Check
      </button>
    </form>
  );
}

function Failures({ previewed: { verdict, failures, failureCount } }: { readonly previewed: Previewed }) {
  if (verdict === null) return null;
  if (verdict !== 'FAILED') {
    return (
      <p role="status">
        {verdict === 'PASSED' ? (
          <Verdict meaning="allowed" word="Nobody gains it" />
        ) : (
          <Verdict meaning="unknown" word="Nobody is known to gain it, and not all is known" />
        )}
      </p>
    );
  }
  return (
    <>
      <p role="status">
        <Verdict meaning="denied" word={`Gained ${count(failureCount, 'time')}, and must not be`} />{' '}
        <span class="muted">Change the text, or what must not happen.</span>
      </p>
      <ul class="plain">
        {failures.map(({ principal, assumedRole, action, pattern }) => (
          <li key={`${principal} ${assumedRole ?? ''} ${action}`}>
            <bdi>{shortName(principal)}</bdi>
            {assumedRole !== null && (
              <>
                {' '}
                in the role <bdi>{shortName(assumedRole)}</bdi>
              </>
            )}{' '}
            gains <code>{action}</code> <span class="muted">({pattern})</span>
          </li>
        ))}
      </ul>
      {failureCount > failures.length && <p class="muted">The first {failures.length} are shown.</p>}
    </>
  );
}

function Accesses({ previewed }: { readonly previewed: Previewed }) {
  const { accesses, complete, withheld, gaps } = previewed;
  // Somebody can stand there several times: as itself, and in each role.
  const people = new Set(accesses.nodes.map(({ principal }) => principal.principalId)).size;
  const isPart = accesses.totalCount > accesses.nodes.length;
  return (
    <>
      <p role="status">
        {accesses.totalCount === 0
          ? 'Nobody that you may ask about gains or loses anything.'
          : `It changes what ${isPart ? `${people.toLocaleString('en')} or more principals` : count(people, 'principal')} may do, as itself or in a role.`}
      </p>
      {!complete && (
        <Notice kind="warning">Not all were compared: it concerns more principals than a preview goes through.</Notice>
      )}
      {withheld && <Notice kind="warning">It concerns more than you may know of.</Notice>}
      {gaps.length > 0 && <Notice>Not known, and left out: {gaps.join('; ')}.</Notice>}
      {accesses.nodes.map((access) => (
        <AccessView key={`${access.principal.principalId} ${access.assumedRole?.arn ?? ''}`} access={access} />
      ))}
      {isPart && <p class="muted">The first {accesses.nodes.length} are shown.</p>}
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

const VERBS = {
  save: { word: 'Save', doing: 'Saving…' },
  remove: { word: 'Remove', doing: 'Removing…' },
} as const;

/** The change is made when its name was typed: somebody has seen what it is about. */
function Make({
  name,
  change,
  revision,
  saved,
  verb,
  hindrance,
}: {
  readonly name: string;
  readonly change: DirectoryChangeInput;
  readonly hindrance: () => Promise<string | null>;
  /** On which the preview was made; the change is refused if it concerns what has changed since. */
  readonly revision: string;
  readonly saved: () => void;
  readonly verb: keyof typeof VERBS;
}) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<RefusedFragment | string | null>(null);
  const { word, doing } = VERBS[verb];
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    // What is there is looked at after the preview: what changes later than that is refused by its revision.
    const hindered = await hindrance();
    if (hindered !== null) {
      setBusy(false);
      setRefused(hindered);
      return;
    }
    const { data, failure } = await ask(MakeChangeDocument, { change, revision });
    setBusy(false);
    const result = data?.applyChanges ?? null;
    if (result?.__typename === 'ApplyChangesSuccess') saved();
    else setRefused(result ?? failure?.sentence ?? 'The gateway does not say whether it was done.');
  };
  return (
    <form class="card form" onSubmit={(event) => void submit(event)} aria-label={word}>
      <label class="field">
        <span>
          Type <bdi>{name}</bdi> to {verb} it
        </span>
        <input
          class="mono"
          autocomplete="off"
          spellcheck={false}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {typeof refused === 'string' && <Notice kind="problem">{refused}</Notice>}
      {refused !== null && typeof refused !== 'string' && <RefusedNotice refused={refused} />}
      <button type="submit" class="button button-first" disabled={busy || typed !== name}>
        {busy ? doing : word}
      </button>
    </form>
  );
}
