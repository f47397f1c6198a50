import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import type { DirectoryChangeInput } from '../../generated/console/questions.ts';
import type { Draft } from '../questions/drafts.ts';
import { changedSince } from '../questions/stored.ts';
import { DocumentView } from './document.tsx';
import { Skeleton } from './notice.tsx';

// Both are loaded when somebody wants to change something.
const PolicyEditor = lazy(() => import('./policy-editor.tsx').then(({ PolicyEditor }) => PolicyEditor));
const Preview = lazy(() => import('./preview.tsx').then(({ Preview }) => Preview));

type Doing = 'reading' | 'editing' | 'removing';

/** A document that can be changed here: as text, in the editor, or with what its removal would do. */
export function EditableDocument({
  draft,
  document,
  inForce = document,
  saved,
  children,
}: {
  readonly draft: Draft;
  readonly document: unknown;
  /** What a change takes the place of, where that is another document. */
  readonly inForce?: unknown;
  /** What is said of the document, above it, as long as it is not edited. */
  readonly children?: ComponentChildren;
  /** The page asks for what there is now. */
  readonly saved: () => void;
}) {
  const [doing, become] = useState<Doing>('reading');
  // What was written over: it is shown until the page has what is there now, and nobody begins with it again.
  const [old, setOld] = useState<unknown>(undefined);
  const edit = useBack(doing === 'reading');
  const done = (): void => {
    become('reading');
    setOld(document);
    saved();
  };
  if (doing === 'editing') {
    return document === old ? (
      <Skeleton />
    ) : (
      <PolicyEditor draft={draft} document={document} stored={inForce} saved={done} close={() => become('reading')} />
    );
  }
  return (
    <>
      {children}
      <DocumentView document={document} />
      <div class="actions">
        <button type="button" class="button" ref={edit} onClick={() => become('editing')}>
          Edit
        </button>
        {draft.removal !== null && doing === 'reading' && (
          <button type="button" class="button" onClick={() => become('removing')}>
            Remove…
          </button>
        )}
        {old !== undefined && <span role="status">Saved.</span>}
      </div>
      {doing === 'removing' && draft.removal !== null && (
        <Removal
          name={draft.name}
          change={draft.removal}
          saved={done}
          close={() => become('reading')}
          hindrance={() => changedSince(draft.stored, inForce)}
        />
      )}
    </>
  );
}

/** A document that is not there yet, begun from `start`. */
export function NewDocument({
  label,
  draft,
  start,
  saved,
}: {
  readonly label: string;
  readonly draft: Draft;
  readonly start: unknown;
  readonly saved: () => void;
}) {
  const [isOpen, open] = useState(false);
  const button = useBack(!isOpen);
  if (isOpen)
    return <PolicyEditor draft={draft} document={start} stored={null} saved={saved} close={() => open(false)} />;
  return (
    <p>
      <button type="button" class="button" ref={button} onClick={() => open(true)}>
        {label}
      </button>
    </p>
  );
}

/** What it would do if something was not there any more, and then its removal. */
export function Removal({
  name,
  change,
  saved,
  close,
  hindrance,
}: {
  readonly name: string;
  readonly change: DirectoryChangeInput;
  readonly saved: () => void;
  readonly close: () => void;
  /** As in a preview. */
  readonly hindrance?: () => Promise<string | null>;
}) {
  const keep = useRef<HTMLButtonElement>(null);
  // The button that opened this is gone.
  useEffect(() => keep.current?.focus(), []);
  return (
    <>
      <Preview name={name} change={change} saved={saved} verb="remove" hindrance={hindrance} />
      <p>
        <button type="button" class="button" ref={keep} onClick={close}>
          Keep it
        </button>
      </p>
    </>
  );
}

/** The button that opened something has the focus again when that is closed. */
export function useBack(isClosed: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isClosed && wasOpen.current) button.current?.focus();
    wasOpen.current = !isClosed;
  }, [isClosed]);
  return button;
}
