import { useEffect, useId, useState } from 'preact/hooks';
import { DraftFindingsDocument, type DraftFindingsQuery, type PolicyKind } from '../../generated/console/questions.ts';
import { count } from '../names.ts';
import type { Draft } from '../questions/drafts.ts';
import { isSame } from '../questions/stored.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { DocumentView } from './document.tsx';
import { LinedText } from './lined-text.tsx';
import { Section } from './page.tsx';
import { Preview } from './preview.tsx';
import { Verdict } from './verdict.tsx';

type Finding = NonNullable<DraftFindingsQuery['validatePolicy']>[number];

/** While somebody types, nobody is asked. Milliseconds. */
const PAUSE = 400;

/** A document in the making: what is wrong with it beside the text, what it would do, and only then the change. */
export function PolicyEditor({
  draft,
  document,
  stored,
  saved,
  close,
}: {
  readonly draft: Draft;
  readonly document: unknown;
  /** What it is to take the place of; null: nothing is there yet. */
  readonly stored: unknown;
  readonly saved: () => void;
  readonly close: () => void;
}) {
  const [text, setText] = useState(() => JSON.stringify(document, null, 2));
  // The text that is previewed: another one needs a preview of its own. The same is previewed again if the directory has changed since.
  const [previewed, setPreviewed] = useState<{ readonly text: string; readonly round: number } | null>(null);
  const { known, other, look, accept } = useStored(draft, stored);
  const id = useId();
  const { findings, failure } = useFindings(text, draft.kind);
  const isRefused = findings?.some(({ severity }) => severity === 'ERROR') ?? true;
  const marks = (findings ?? []).flatMap(({ line, severity, message }) =>
    line === null ? [] : [{ line, kind: severity === 'ERROR' ? ('error' as const) : ('warning' as const), message }],
  );
  return (
    <div class="editor">
      <LinedText label="Policy document" text={text} change={setText} marks={marks} describedBy={id} focus />
      <div id={id} class="editor-findings" role="status">
        {failure === null ? <Findings findings={findings} /> : <p>{failure.sentence}</p>}
      </div>
      <div class="actions">
        <button
          type="button"
          class="button button-first"
          disabled={isRefused}
          onClick={() => setPreviewed({ text, round: (previewed?.round ?? 0) + 1 })}
        >
          Preview the change
        </button>
        <button type="button" class="button" onClick={close}>
          Close without saving
        </button>
      </div>
      {previewed !== null && previewed.text !== text && (
        <p class="muted">The text has changed since it was previewed.</p>
      )}
      {previewed?.text === text && (
        <Preview key={previewed.round} name={draft.name} change={draft.changeOf(text)} saved={saved} hindrance={look} />
      )}
      {other !== known && (
        <Others
          document={other}
          seen={() => {
            accept();
            setPreviewed(null);
          }}
        />
      )}
    </div>
  );
}

/** What somebody else has stored meanwhile. What was written here stays, and takes its place only when somebody says so. */
function Others({ document, seen }: { readonly document: unknown; readonly seen: () => void }) {
  return (
    <Section title="What is there now">
      {document === null ? (
        <p>It is not there any more, or you may not read it any more.</p>
      ) : (
        <DocumentView document={document} />
      )}
      <p>
        <button type="button" class="button" onClick={seen}>
          Replace it by mine
        </button>
      </p>
    </Section>
  );
}

/**
 * Whether what is stored is still what somebody knows. `known`: that; null: nothing. `other`: what was found instead, or `known` itself.
 */
function useStored(draft: Draft, begun: unknown) {
  const [known, know] = useState<unknown>(begun);
  const [other, setOther] = useState<unknown>(known);
  const look = async (): Promise<string | null> => {
    const { data, failure } = await draft.stored();
    if (failure !== null && data === null) return failure.sentence;
    const isTheSame = isSame(data, known);
    setOther(isTheSame ? known : data);
    return isTheSame ? null : 'Somebody else has changed it since you began. What is there now stands below.';
  };
  return { known, other, look, accept: () => know(other) };
}

/** What is wrong with a text, asked for when nobody types. Null: not known yet. */
function useFindings(text: string, kind: PolicyKind) {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, failure } = useAnswer(DraftFindingsDocument, { document: settled, kind });
  return { findings: settled === text ? (data?.validatePolicy ?? null) : null, failure };
}

/** `findings` null: not known yet. */
function Findings({ findings }: { readonly findings: readonly Finding[] | null }) {
  if (findings === null) return <p class="muted">Looking at it…</p>;
  if (findings.length === 0) return <Verdict meaning="allowed" word="Nothing is wrong with it" />;
  return (
    <>
      <p class="hidden">{count(findings.length, 'finding')}</p>
      <ul class="rows">
        {findings.map(({ code, severity, message, path, line, suggestion }) => (
          <li key={`${code} ${path} ${message}`} class="row">
            <Verdict
              meaning={severity === 'ERROR' ? 'denied' : 'unknown'}
              word={severity === 'ERROR' ? 'Error' : 'Warning'}
            />
            <span>
              {line !== null && <span class="muted">Line {line}: </span>}
              <bdi>{message}</bdi> {path !== '' && <code>{path}</code>}
              {suggestion !== null && <span class="muted"> Instead: {suggestion}</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
