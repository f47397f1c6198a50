import { useState } from 'preact/hooks';
import {
  RevokeSessionsDocument,
  RoleSessionsDocument,
  WhoCanAssumeDocument,
} from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, nameOf, timeText } from '../names.ts';
import { ask } from '../questions/ask.ts';
import { trustPolicy } from '../questions/drafts.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { trustInWords } from '../trust-words.ts';
import { Arn } from './arn.tsx';
import { EditableDocument } from './editable.tsx';
import { FailureNotice, Notice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { Verdict } from './verdict.tsx';

interface Role {
  readonly principalId: string;
  readonly name: string;
  readonly trustPolicy: unknown;
}

/** What a role has beside what every principal has: who comes in, and who is in. */
export function RoleParts({
  role,
  changes,
  saved,
}: {
  readonly role: Role;
  /** How often something was changed: who can assume it is asked for again. */
  readonly changes: number;
  readonly saved: () => void;
}) {
  return (
    <>
      <WhoCanAssume key={changes} role={role.principalId} />
      {role.trustPolicy !== null && (
        <Section title="Trust policy">
          <EditableDocument
            draft={trustPolicy({ arn: role.principalId, name: role.name })}
            document={role.trustPolicy}
            saved={saved}
          >
            <ul class="plain">
              {trustInWords(role.trustPolicy).map((sentence, index) => (
                <li key={index}>
                  <bdi>{sentence}</bdi>
                </li>
              ))}
            </ul>
          </EditableDocument>
        </Section>
      )}
      <Sessions role={role.principalId} name={role.name} />
    </>
  );
}

function WhoCanAssume({ role }: { readonly role: string }) {
  const { data, failure, loading, again } = useAnswer(WhoCanAssumeDocument, { role });
  const found = data?.whoCan ?? null;
  return (
    <Section title="Who can assume it" aside={found !== null && <span class="muted">{found.totalCount}</span>}>
      {loading && <Skeleton />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found?.totalCount === 0 && <p class="muted">Nobody that you may ask about.</p>}
      {found !== null && found.nodes.length > 0 && (
        <ul class="rows">
          {found.nodes.map(({ principal, conditions }) => (
            <li key={principal.principalId} class="row">
              <Arn
                arn={principal.principalId}
                name={nameOf(principal)}
                account={accountName(principal.account)}
                href={principalAddress(principal.principalId)}
              />
              {conditions.length > 0 && <Verdict meaning="unknown" word="under conditions" />}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Sessions({ role, name }: { readonly role: string; readonly name: string }) {
  const { data, failure, loading, again } = useAnswer(RoleSessionsDocument, { role });
  const found = data?.roleSessions?.nodes ?? null;
  const live = found?.filter(({ state }) => state === 'LIVE').length ?? 0;
  return (
    <Section title="Sessions" aside={found !== null && <span class="muted">{count(live, 'live session')}</span>}>
      {loading && <Skeleton />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found?.length === 0 && <p class="muted">Nobody has assumed it, as far as you may know.</p>}
      {found !== null && found.length > 0 && (
        <ul class="rows">
          {found.map(({ id, roleSessionName, state, issuedAt, expiresAt, endedAt, endReason, assumedBy }) => (
            <li key={id} class="row">
              <Verdict meaning={state === 'LIVE' ? 'allowed' : 'implicit'} word={state === 'LIVE' ? 'Live' : 'Ended'} />
              <bdi>{roleSessionName}</bdi>
              <span class="muted">
                by <bdi>{nameOf(assumedBy)}</bdi>, {timeText(issuedAt)} to {timeText(endedAt ?? expiresAt)}
                {endReason !== null && `, ${endReason.toLowerCase().replaceAll('_', ' ')}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {live > 0 && <Revoke role={role} name={name} done={again} />}
    </Section>
  );
}

/** Ends all sessions: it shows what that means, and asks for the name. */
function Revoke({ role, name, done }: { readonly role: string; readonly name: string; readonly done: () => void }) {
  const [typed, setTyped] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const revoke = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { data, failure } = await ask(RevokeSessionsDocument, { role });
    const result = data?.revokeRoleSessions;
    const why = (result != null && 'message' in result ? result.message : null) ?? failure?.sentence ?? null;
    setRefusal(why);
    if (why === null) done();
  };
  return (
    <details class="more">
      <summary>Revoke all sessions…</summary>
      <form class="card form" onSubmit={(event) => void revoke(event)}>
        <p>
          All sessions that were issued until now are denied everything, by the inline policy AWSRevokeOlderSessions.
          Whoever is trusted can assume the role again.
        </p>
        <label class="field">
          <span>
            To go on, type the name of the role: <bdi>{name}</bdi>
          </span>
          <input
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        {refusal !== null && <Notice kind="problem">{refusal}</Notice>}
        <button type="submit" class="button" disabled={typed !== name}>
          Revoke sessions
        </button>
      </form>
    </details>
  );
}
