import { useEffect, useRef, useState } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import type { GroupQuery, PrincipalQuery } from '../../generated/console/questions.ts';
import { groupAddress, policyAddress } from '../links.ts';
import { count } from '../names.ts';
import { findPolicies } from '../questions/complete.ts';
import { boundaryChange, type Draft, type HolderKind, inlinePolicy } from '../questions/drafts.ts';
import { Combo } from './combo.tsx';
import { EditableDocument, NewDocument, Removal, useBack } from './editable.tsx';
import { Section } from './page.tsx';

// Loaded when somebody wants to change something.
const Preview = lazy(() => import('./preview.tsx').then(({ Preview }) => Preview));

type Found = NonNullable<PrincipalQuery['principal']>;
/** Those whose permissions a boundary can limit. */
type Limited = Extract<Found, { readonly __typename: 'User' | 'Role' }>;
/** What has policies of its own. */
type Identity = Limited | NonNullable<GroupQuery['groups']>['nodes'][number];

interface Held {
  readonly key: string;
  readonly name: string;
  readonly from: string;
  /** Of a managed policy: its page. */
  readonly href?: string;
  /** Of an inline policy, which has no page of its own. */
  readonly inline?: { readonly document: unknown; readonly draft: Draft };
}

/** Policies, and where each comes from. Inline ones and the boundary are changed here. */
export function HeldPolicies({
  holder,
  hidden = false,
  saved,
}: {
  readonly holder: Identity;
  /** Whether its boundary was not answered. */
  readonly hidden?: boolean;
  readonly saved: () => void;
}) {
  const found = holder.__typename === 'User' ? holder.groups : [];
  const groups = found ?? [];
  const held: readonly Held[] = [
    ...heldBy(holder.__typename, holder, 'attached to it', 'inline, its own'),
    ...groups.flatMap((group) =>
      heldBy('Group', group, `of the group ${group.name}`, `inline, of the group ${group.name}`),
    ),
  ];
  const unknown =
    found === null ||
    [holder, ...groups].some((each) => each.attachedPolicies === null || each.inlinePolicies === null);
  return (
    <Section title="Policies" aside={<span class="muted">{count(held.length, 'policy', 'policies')}</span>}>
      {groups.length > 0 && (
        <p class="muted">
          A member of the {groups.length === 1 ? 'group' : 'groups'}{' '}
          {groups.map(({ arn, name }, index) => (
            <span key={arn}>
              {index > 0 && ', '}
              <a href={groupAddress(arn)}>
                <bdi>{name}</bdi>
              </a>
            </span>
          ))}
          .
        </p>
      )}
      {unknown && <p class="muted">You may not read all of them{found === null && ', nor its groups'}.</p>}
      {held.length === 0 && !unknown && <p class="muted">It has none.</p>}
      <ul class="rows">
        {held.map((each) => (
          <li key={each.key} class="row">
            <HeldPolicy held={each} saved={saved} />
            <span class="muted">{each.from}</span>
          </li>
        ))}
      </ul>
      {/* One of the same name would be written over, unread. */}
      {holder.inlinePolicies !== null && (
        <NewInline holder={holder} taken={holder.inlinePolicies.map(({ name }) => name)} saved={saved} />
      )}
      {holder.__typename !== 'Group' && (
        <Boundary key={holder.permissionsBoundary?.arn ?? ''} holder={holder} hidden={hidden} saved={saved} />
      )}
    </Section>
  );
}

function HeldPolicy({ held: { name, href, inline }, saved }: { readonly held: Held; readonly saved: () => void }) {
  if (inline === undefined) {
    return (
      <a href={href}>
        <bdi>{name}</bdi>
      </a>
    );
  }
  return (
    <details class="more inline-policy">
      <summary>
        <bdi>{name}</bdi>
      </summary>
      <EditableDocument draft={inline.draft} document={inline.document} saved={saved} />
    </details>
  );
}

interface Holder {
  readonly arn: string | null;
  readonly attachedPolicies: readonly { readonly arn: string; readonly name: string }[] | null;
  readonly inlinePolicies: readonly { readonly name: string; readonly document: unknown }[] | null;
}

function heldBy(
  kind: HolderKind,
  { arn, attachedPolicies, inlinePolicies }: Holder,
  attached: string,
  inline: string,
): readonly Held[] {
  return [
    ...(attachedPolicies ?? []).map((policy) => ({
      key: `${attached} ${policy.arn}`,
      name: policy.name,
      href: policyAddress(policy.arn),
      from: attached,
    })),
    ...(inlinePolicies ?? []).map(({ name, document }) => ({
      key: `${inline} ${name}`,
      name,
      from: inline,
      inline: { document, draft: inlinePolicy(kind, arn ?? '', name) },
    })),
  ];
}

/** Nothing is allowed in it yet: what is missing is seen while it is written. */
const BEGINNING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::BUCKET/*'] }],
};

function NewInline({
  holder,
  taken,
  saved,
}: {
  readonly holder: Identity;
  readonly taken: readonly string[];
  readonly saved: () => void;
}) {
  const [name, setName] = useState('');
  const details = useRef<HTMLDetailsElement>(null);
  const isTaken = taken.some((each) => each.toLowerCase() === name.toLowerCase());
  return (
    <details class="more" ref={details}>
      <summary>Add an inline policy…</summary>
      <div class="stack">
        <label class="field">
          <span>Name</span>
          <input
            autocomplete="off"
            spellcheck={false}
            maxLength={128}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {isTaken && <p role="status">It has one of this name.</p>}
        {name !== '' && !isTaken && (
          <NewDocument
            key={name}
            label="Write it"
            draft={inlinePolicy(holder.__typename, holder.arn ?? '', name)}
            start={BEGINNING}
            saved={() => {
              setName('');
              if (details.current !== null) details.current.open = false;
              saved();
            }}
          />
        )}
      </div>
    </details>
  );
}

type Doing = 'reading' | 'choosing' | 'removing';

/** What limits all of them, and gives nothing. */
function Boundary({
  holder,
  hidden,
  saved,
}: {
  readonly holder: Limited;
  /** Whether it was not answered: nobody writes over what it does not know. */
  readonly hidden: boolean;
  readonly saved: () => void;
}) {
  const boundary = holder.permissionsBoundary;
  const [doing, become] = useState<Doing>('reading');
  const set = useBack(doing === 'reading');
  const change = (policy: string | null) => boundaryChange(holder.__typename, holder.principalId, policy);
  return (
    <>
      <h3>Permissions boundary</h3>
      <p>
        {boundary === null ? (
          <span class="muted">{hidden ? 'It cannot be read now, or not by you.' : 'It has none.'}</span>
        ) : (
          <>
            <a href={policyAddress(boundary.arn)}>
              <bdi>{boundary.name}</bdi>
            </a>{' '}
            <span class="muted">limits them, and gives nothing</span>
          </>
        )}
      </p>
      {doing === 'reading' && !hidden && (
        <div class="actions">
          <button type="button" class="button" ref={set} onClick={() => become('choosing')}>
            {boundary === null ? 'Set a boundary…' : 'Set another…'}
          </button>
          {boundary !== null && (
            <button type="button" class="button" onClick={() => become('removing')}>
              Remove the boundary…
            </button>
          )}
        </div>
      )}
      {doing === 'choosing' && (
        <Choose name={holder.name} changeOf={change} saved={saved} close={() => become('reading')} />
      )}
      {doing === 'removing' && (
        <Removal name={holder.name} change={change(null)} saved={saved} close={() => become('reading')} />
      )}
    </>
  );
}

function Choose({
  name,
  changeOf,
  saved,
  close,
}: {
  readonly name: string;
  readonly changeOf: (policy: string) => ReturnType<typeof boundaryChange>;
  readonly saved: () => void;
  readonly close: () => void;
}) {
  const [policy, setPolicy] = useState('');
  const [previewed, setPreviewed] = useState('');
  const form = useRef<HTMLFormElement>(null);
  // The button that opened this is gone.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setPreviewed(policy.trim());
  };
  return (
    <>
      <form class="inline-form" ref={form} onSubmit={submit} aria-label="Permissions boundary">
        <Combo label="Managed policy" value={policy} change={setPolicy} search={findPolicies} required />
        <button type="submit" class="button button-first">
          Preview the change
        </button>
        <button type="button" class="button" onClick={close}>
          Leave it as it is
        </button>
      </form>
      {previewed !== '' && previewed === policy.trim() && (
        <Preview key={previewed} name={name} change={changeOf(previewed)} saved={saved} />
      )}
    </>
  );
}
