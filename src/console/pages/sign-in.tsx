import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { SignInInput } from '../../generated/console/questions.ts';
import { facts, type Person } from '../facts.ts';
import { formText } from '../form-text.ts';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { signIn } from '../questions/who.ts';

type Way = 'key' | 'session' | 'operator';

const WAYS: readonly { readonly way: Way; readonly label: string; readonly about: string }[] = [
  { way: 'key', label: 'Access key', about: 'Of a user or a service. You can switch roles.' },
  {
    way: 'session',
    label: 'Session token',
    about: 'Of a role session or other temporary credentials. Ends with them.',
  },
  { way: 'operator', label: 'Operator token', about: 'For whoever runs the gateway. Ends after an hour.' },
];

/** Who the people of the demo are, in a line each. */
const STORIES: Readonly<Record<string, string>> = {
  alice:
    'A developer. She can switch to the role DataWriter of another account, and gives up her own permissions there.',
  bob: 'Owns the data account. He reads and writes the shared bucket, and audits Development in a role.',
  EC2: 'A service, not a person: it assumes the role of the web server.',
};

/** Signs in, and then shows the page that was asked for. */
export function SignIn() {
  const { path, route } = useLocation();
  const [way, setWay] = useState<Way>('key');
  const [person, setPerson] = useState<Person | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const secret = useRef<HTMLInputElement>(null);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement; // as: of the form below
    setBusy(true);
    setFailure(null);
    const refusal = await signIn(inputOf(way, new FormData(form)));
    setBusy(false);
    if (refusal !== null) {
      setFailure(refusal);
      secret.current?.focus();
      return;
    }
    // The typed secret stays in the page no longer than needed.
    form.reset();
    if (path === '/sign-in') route('/', true);
  };
  const choose = (chosen: Person): void => {
    setWay('key');
    setPerson(chosen);
    secret.current?.focus();
  };
  return (
    <Page title="Sign in">
      <p class="lead">See what you may do, as yourself and in each role, and why.</p>
      {facts.people.length > 0 && <People chosen={person} choose={choose} />}
      <form class="card form" onSubmit={(event) => void submit(event)}>
        <fieldset class="ways">
          <legend class="hidden">Sign in with</legend>
          {WAYS.map(({ way: each, label }) => (
            <label key={each} class="way">
              <input type="radio" name="way" value={each} checked={way === each} onChange={() => setWay(each)} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <p class="muted">{WAYS.find((each) => each.way === way)?.about}</p>
        {way === 'key' ? <KeyFields person={person} secret={secret} /> : <TokenField way={way} secret={secret} />}
        {failure !== null && <Notice kind="problem">{failure}</Notice>}
        <button type="submit" class="button button-first" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </Page>
  );
}

function inputOf(way: Way, form: FormData): SignInInput {
  const text = (name: string): string => formText(form, name);
  if (way === 'session') return { sessionToken: text('token') };
  if (way === 'operator') return { operatorToken: text('token') };
  const mfa = text('tokenCode') === '' ? {} : { serialNumber: text('serialNumber'), tokenCode: text('tokenCode') };
  return { accessKeyId: text('accessKeyId'), secretAccessKey: text('secretAccessKey'), ...mfa };
}

interface SecretField {
  readonly secret: { current: HTMLInputElement | null };
}

function KeyFields({ person, secret }: SecretField & { readonly person: Person | null }) {
  return (
    <>
      <label class="field" key={person?.accessKeyId ?? ''}>
        <span>Access key id</span>
        <input
          name="accessKeyId"
          class="mono"
          autocomplete="username"
          spellcheck={false}
          required
          defaultValue={person?.accessKeyId ?? ''}
        />
      </label>
      <label class="field">
        <span>Secret access key</span>
        <input
          ref={secret}
          name="secretAccessKey"
          class="mono"
          type="password"
          autocomplete="current-password"
          required
        />
        {person !== null && (
          <small>
            Printed in the terminal when the gateway first started, and kept in <code>.rolegate/demo-sign-in.txt</code>.
          </small>
        )}
      </label>
      <details class="more">
        <summary>With an MFA device</summary>
        <label class="field">
          <span>Serial number</span>
          <input name="serialNumber" class="mono" autocomplete="off" spellcheck={false} />
        </label>
        <label class="field">
          <span>Code</span>
          <input name="tokenCode" class="mono" autocomplete="one-time-code" inputMode="numeric" />
        </label>
      </details>
    </>
  );
}

function TokenField({ way, secret }: SecretField & { readonly way: Way }) {
  return (
    <label class="field" key={way}>
      <span>{way === 'operator' ? 'Operator token' : 'Session token'}</span>
      <input ref={secret} name="token" class="mono" type="password" autocomplete="off" required />
      {way === 'operator' && (
        <small>
          Kept in <code>.rolegate/operator.token</code>, unless the settings give one.
        </small>
      )}
    </label>
  );
}

function People({ chosen, choose }: { readonly chosen: Person | null; readonly choose: (person: Person) => void }) {
  return (
    <section aria-labelledby="people">
      <h2 id="people">In the demo organization, be one of these</h2>
      <p class="muted">Who has never seen any of this begins as alice: there is a tour of six steps.</p>
      <ul class="cards">
        {facts.people.map((person) => (
          <li key={person.accessKeyId}>
            <button
              type="button"
              class="card person"
              aria-pressed={chosen?.accessKeyId === person.accessKeyId}
              onClick={() => choose(person)}
            >
              <strong>{person.name}</strong>
              <span class="person-story">{STORIES[person.name] ?? ''}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
