import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { everything, type Finder, type Hit, pagesNamed } from '../questions/everything.ts';

/** While somebody types, nobody is asked. Milliseconds. */
const PAUSE = 150;

/** Search over everything, by Ctrl K or / from everywhere. */
export function Search() {
  const dialog = useRef<HTMLDialogElement>(null);
  const { route, url } = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  // What has no search of its own is listed once, each time that somebody begins.
  const finder = useRef<Finder>(everything());
  const { hits, omitted } = useHits(text, finder);
  useEffect(() => setAt(0), [hits]);
  useEffect(() => dialog.current?.close(), [url]);
  const open = (): void => {
    setText('');
    finder.current = everything();
    dialog.current?.showModal();
  };
  useShortcut(open);
  const onKeyDown = (event: KeyboardEvent): void => {
    const hit = hits[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((before) => (before + step + hits.length) % Math.max(1, hits.length));
    } else if (event.key === 'Enter' && hit !== undefined) {
      event.preventDefault();
      dialog.current?.close();
      route(hit.href);
    }
  };
  return (
    <>
      <button type="button" class="bar-button search-button" onClick={open}>
        Search <kbd>Ctrl K</kbd>
      </button>
      <dialog ref={dialog} class="search" aria-label="Search">
        <input
          class="input"
          type="search"
          role="combobox"
          aria-label="Search"
          aria-expanded={hits.length > 0}
          aria-controls="search-hits"
          aria-activedescendant={hits.length > 0 ? `search-${at}` : undefined}
          placeholder="People, roles, groups, accounts, policies, resources, actions"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Hits hits={hits} at={at} close={() => dialog.current?.close()} />
        {text.trim() !== '' && hits.length === 0 && <p class="muted">Nothing found, of what you may know.</p>}
        {omitted !== null && <p class="muted">{omitted}</p>}
      </dialog>
    </>
  );
}

/** Ctrl K everywhere, and / where nobody types. */
function useShortcut(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing = target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
      const asked = ((event.ctrlKey || event.metaKey) && event.key === 'k') || (event.key === '/' && !typing);
      if (!asked) return;
      event.preventDefault();
      open();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function Hits({ hits, at, close }: { readonly hits: readonly Hit[]; readonly at: number; readonly close: () => void }) {
  return (
    <div id="search-hits" role="listbox" aria-label="What was found" class="search-hits">
      {hits.map(({ href, text, hint }, index) => (
        <a
          key={href}
          id={`search-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          class={index === at ? 'combo-option combo-at' : 'combo-option'}
          href={href}
          onClick={close}
        >
          <bdi>{text}</bdi>
          <small>{hint}</small>
        </a>
      ))}
    </div>
  );
}

interface Found {
  readonly hits: readonly Hit[];
  /** What was not looked through; null: nothing. */
  readonly omitted: string | null;
}

function useHits(text: string, finder: { readonly current: Finder }): Found {
  const [found, setFound] = useState<Found>(() => ({ hits: pagesNamed(''), omitted: null }));
  useEffect(() => {
    const search = text.trim();
    let current = true;
    const load = async (): Promise<void> => {
      const answer = search === '' ? { hits: pagesNamed(''), omitted: null } : await finder.current(search);
      if (current) setFound(answer);
    };
    const timer = setTimeout(() => void load(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return found;
}
