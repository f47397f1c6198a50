import { useState } from 'preact/hooks';
import { AcknowledgeDocument } from '../../generated/console/questions.ts';
import type { Finding } from '../finding-words.ts';
import { timeText } from '../names.ts';
import { ask } from '../questions/ask.ts';
import type { Refusal } from '../questions/who.ts';
import { Notice } from './notice.tsx';

/** A time that has passed ends what was acknowledged. */
const PASSED = new Date(0).toISOString();

/** Setting a finding apart, with the reason and for how long; or why it is, and listing it again. */
export function Acknowledging({ finding, changed }: { readonly finding: Finding; readonly changed: () => void }) {
  const { accountId, acknowledgement } = finding;
  const [refusal, setRefusal] = useState<Refusal>(null);
  const [busy, setBusy] = useState(false);
  // Of an account that is not known, nothing is set apart.
  if (accountId === null) return null;
  const acknowledge = async (reason: string, until: string | null): Promise<void> => {
    setBusy(true);
    const input = { accountId, findingId: finding.id, reason, ...(until !== null && { until }) };
    const { data, failure } = await ask(AcknowledgeDocument, { input });
    setBusy(false);
    const result = data?.acknowledgeFinding ?? null;
    if (result?.__typename === 'AcknowledgeFindingSuccess') changed();
    else setRefusal(result?.message ?? failure?.sentence ?? 'The gateway does not say whether it was done.');
  };
  return (
    <>
      {acknowledgement === null ? (
        <SetApart busy={busy} acknowledge={acknowledge} />
      ) : (
        <div class="actions set-apart">
          <p>
            Set apart {timeText(acknowledgement.acknowledgedAt)}, until{' '}
            {acknowledgement.until === null ? 'its document changes' : timeText(acknowledgement.until)}:{' '}
            <bdi>{acknowledgement.reason}</bdi>
          </p>
          <button
            type="button"
            class="button button-small"
            disabled={busy}
            onClick={() => void acknowledge(acknowledgement.reason, PASSED)}
          >
            List it again
          </button>
        </div>
      )}
      {refusal !== null && (
        <Notice kind="problem">
          <bdi>{refusal}</bdi>
        </Notice>
      )}
    </>
  );
}

function SetApart({
  busy,
  acknowledge,
}: {
  readonly busy: boolean;
  readonly acknowledge: (reason: string, until: string | null) => Promise<void>;
}) {
  const [reason, setReason] = useState('');
  const [day, setDay] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // To the end of that day, where the reader is.
    void acknowledge(reason, day === '' ? null : new Date(`${day}T23:59:59`).toISOString());
  };
  return (
    <details class="more">
      <summary>Set it apart…</summary>
      <form class="form" onSubmit={submit} aria-label="Set apart">
        <p class="muted">It is not listed any more, for anybody. It comes back when its document changes.</p>
        <label class="field">
          <span>Why nothing needs to be done</span>
          <input
            required
            maxLength={1000}
            autocomplete="off"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Until the end of (empty: until its document changes)</span>
          <input type="date" value={day} onInput={(event) => setDay(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button" disabled={busy || reason.trim() === ''}>
          Set it apart
        </button>
      </form>
    </details>
  );
}
