import { useState } from 'preact/hooks';
import { accountIn, list, shortName } from '../names.ts';
import { documentOf } from '../questions/documents.ts';
import type { Decision, Statement } from '../sentence.ts';
import { Copy } from './copy.tsx';
import { DocumentView } from './document.tsx';

/** A statement that matched: where it stands, its text, and its document around it when asked for. */
export function StatementView({
  statement,
  levels,
  decision,
}: {
  readonly statement: Statement;
  /** Where a control policy is attached; empty: it is another policy, or it is not told. */
  readonly levels: readonly string[];
  readonly decision: Decision;
}) {
  const { policy, policyName, sid, index, effect } = statement;
  const [around, setAround] = useState<unknown>(undefined);
  const [state, setState] = useState<'closed' | 'loading' | 'missing' | 'open'>('closed');
  const open = async (): Promise<void> => {
    setState('loading');
    const document = await documentOf(statement, decision);
    setAround(document);
    setState(document === null ? 'missing' : 'open');
  };
  const text = JSON.stringify(statement.statement, null, 2);
  return (
    <div class={`statement is-${effect === 'ALLOW' ? 'allowed' : 'denied'}`}>
      <div class="statement-head">
        <p title={policy}>
          <strong>
            <bdi>{policyName ?? shortName(policy)}</bdi>
          </strong>{' '}
          <span class="muted">
            statement {index + 1}
            {sid !== null && (
              <>
                , <bdi>{sid}</bdi>
              </>
            )}
            {levels.length > 0 && (
              <>
                , at <bdi>{list(levels)}</bdi>
              </>
            )}
            {accountIn(policy) !== null && <>, account {accountIn(policy)}</>}
          </span>
        </p>
        <div class="statement-tools">
          <Copy text={text} label="Copy the statement" quiet />
          {state === 'open' ? (
            <button type="button" class="button button-small" onClick={() => setState('closed')}>
              Only the statement
            </button>
          ) : (
            <button
              type="button"
              class="button button-small"
              disabled={state === 'loading'}
              onClick={() => void open()}
            >
              {state === 'loading' ? 'Loading…' : 'Whole document'}
            </button>
          )}
        </div>
      </div>
      {state === 'missing' && (
        <p class="muted" role="status">
          The document cannot be shown: you may not read it, or it is not kept in the directory.
        </p>
      )}
      {state === 'open' ? (
        <DocumentView document={around} highlight={[index]} />
      ) : (
        <pre class="code">
          <code>{text}</code>
        </pre>
      )}
    </div>
  );
}
