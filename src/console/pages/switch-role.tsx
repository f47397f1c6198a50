import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { COLOURS, type Colour, hatOf, isColour, wear } from '../hats.ts';
import { nameOf, shortName } from '../names.ts';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { GainAndLoss, whyAddress } from '../parts/role-card.tsx';
import { hat, me, switchRole } from '../questions/who.ts';
import { roleIn } from '../switch-address.ts';

/** A role by account and name, also from a link. A link alone never switches: somebody has to press the button. */
export function SwitchRole() {
  const { query, route } = useLocation();
  const [account, setAccount] = useState(query['account'] ?? '');
  const [name, setName] = useState(query['role'] ?? query['roleName'] ?? '');
  const role = roleIn(account, name);
  const known = role === null ? null : hatOf(role, shortName(role));
  const [display, setDisplay] = useState(query['display'] ?? query['displayName'] ?? '');
  const given = query['color'] ?? '';
  const [colour, setColour] = useState<Colour | null>(isColour(given) ? given : null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = query['role'] ?? query['roleName'] ?? '';

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (role === null || known === null) {
      setRefusal('Give an account of twelve digits and the name of a role, or the whole ARN of the role.');
      return;
    }
    setBusy(true);
    const why = await switchRole(role);
    setBusy(false);
    setRefusal(why);
    if (why !== null) return;
    const shown = display.trim();
    wear({ role, display: shown === '' ? known.display : shown.slice(0, 64), colour: colour ?? known.colour });
    route('/');
  };
  const switches = me.value?.signIn?.canSwitchRoles ?? false;
  return (
    <Page title="Switch role" heading={asked === '' ? 'Switch to a role' : <Asked role={asked} />}>
      <p class="lead">
        In the role you have its permissions alone. Your own are given up until you leave it
        {hat.value === null ? '' : '; the session that you are in ends'}.
      </p>
      <WhoSwitches />
      {!switches && <NeedsKey />}
      <form class="card form" onSubmit={(event) => void submit(event)}>
        <Text label="Account" value={account} change={setAccount} help="Twelve digits" />
        <Text label="Role" value={name} change={setName} help="Its name with its path, or its ARN" />
        {role !== null && hat.value === null && me.value?.kind !== 'OPERATOR' && <GainAndLoss key={role} role={role} />}
        <Text label="Display name" value={display} change={setDisplay} help="For the bar, in this browser alone" />
        <Colours chosen={colour ?? known?.colour} choose={setColour} />
        <Refusal sentence={refusal} role={role} />
        <button type="submit" class="button button-first" disabled={busy || !switches}>
          {busy ? 'Switching…' : 'Switch role'}
        </button>
      </form>
    </Page>
  );
}

/** The heading where a link names the role. */
function Asked({ role }: { readonly role: string }) {
  return (
    <>
      Switch to <bdi>{shortName(role)}</bdi>?
    </>
  );
}

/** In a role, it is not the role that switches. */
function WhoSwitches() {
  const self = me.value?.restoresTo;
  if (self == null) return null;
  return (
    <p class="muted">
      It is <bdi>{nameOf(self)}</bdi> who switches, with its own permissions, and not the role that you are in: what
      only that role may assume is for programs, which call assumeRole with its credentials.
    </p>
  );
}

function NeedsKey() {
  return (
    <Notice kind="warning">
      Only a browser that signed in with an access key can switch roles. Sign out, and sign in with one.
    </Notice>
  );
}

function Colours({
  chosen,
  choose,
}: {
  readonly chosen: Colour | undefined;
  readonly choose: (colour: Colour) => void;
}) {
  return (
    <fieldset class="colours">
      <legend>Colour of the bar</legend>
      {COLOURS.map((each) => (
        <label key={each} class={`colour hat-${each}`}>
          <input type="radio" name="colour" checked={chosen === each} onChange={() => choose(each)} />
          <span>{each}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Refusal({ sentence, role }: { readonly sentence: string | null; readonly role: string | null }) {
  if (sentence === null) return null;
  return (
    <Notice kind="problem">
      <p>{sentence}</p>
      {role !== null && <a href={whyAddress(role)}>See why</a>}
    </Notice>
  );
}

function Text({
  label,
  value,
  change,
  help,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly help: string;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={value}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => change(event.currentTarget.value)}
      />
      <small>{help}</small>
    </label>
  );
}
