import { useState } from 'preact/hooks';
import { accountIn, list, shortName } from '../names.ts';
import { documentOf } from '../questions/documents.ts';
import type { Decision, Statement } from '../sentence.ts';
import { Copy } from './copy.tsx';
import { DocumentView } from './document.tsx';

type State = 'closed' | 'loading' | 'missing' | 'open';

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
  const [around, setAround] = useState<unknown>(undefined);
  const [state, setState] = useState<State>('closed');
  const toggle = async (): Promise<void> => {
    if (state === 'open') {
      setState('closed');
      return;
    }
    setState('loading');
    const document = await documentOf(statement, decision);
    setAround(document);
    setState(document === null ? 'missing' : 'open');
  };
  const text = JSON.stringify(statement.statement, null, 2);
  return (
    <div class={`statement is-${statement.effect === 'ALLOW' ? 'allowed' : 'denied'}`}>
      <div class="statement-head">
        <Place statement={statement} levels={levels} />
        <div class="statement-tools">
          <Copy text={text} label="Copy the statement" quiet />
          <button
            type="button"
            class="button button-small"
            disabled={state === 'loading'}
            onClick={() => void toggle()}
          >
            {LABELS[state]}
          </button>
        </div>
      </div>
      {state === 'missing' && (
        <p class="muted" role="status">
          The document cannot be shown: you may not read it, or it is not kept in the directory.
        </p>
      )}
      {state === 'open' ? (
        <DocumentView document={around} highlight={[statement.index]} />
      ) : (
        <pre class="code">
          <code>{text}</code>
        </pre>
      )}
    </div>
  );
}

const LABELS: Readonly<Record<State, string>> = {
  closed: 'Whole document',
  missing: 'Whole document',
  loading: 'Loading…',
  open: 'Only the statement',
};

function Place({ statement, levels }: { readonly statement: Statement; readonly levels: readonly string[] }) {
  const { policy, policyName, sid, index } = statement;
  return (
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
  );
}
