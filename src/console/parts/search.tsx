import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { SearchEverythingDocument, SearchThingsDocument } from '../../generated/console/questions.ts';
import { policyAddress, principalAddress, resourceAddress } from '../links.ts';
import { accountName, nameOf } from '../names.ts';
import { OTHER_PLACES, PLACES } from '../places.ts';
import { ask } from '../questions/ask.ts';

interface Hit {
  readonly href: string;
  readonly text: string;
  readonly hint: string;
}

/** While somebody types, nobody is asked. Milliseconds. */
const PAUSE = 150;

/** Search over everything, by Ctrl K or / from everywhere. */
export function Search() {
  const dialog = useRef<HTMLDialogElement>(null);
  const { route, url } = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const hits = useHits(text);
  useEffect(() => setAt(0), [hits]);
  useEffect(() => dialog.current?.close(), [url]);
  const open = (): void => {
    setText('');
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
          placeholder="People, roles, accounts, policies, resources, actions"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Hits hits={hits} at={at} close={() => dialog.current?.close()} />
        {text.trim() !== '' && hits.length === 0 && <p class="muted">Nothing found, of what you may know.</p>}
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

function useHits(text: string): readonly Hit[] {
  const [hits, setHits] = useState<readonly Hit[]>(() => pages(''));
  useEffect(() => {
    const search = text.trim();
    let current = true;
    const load = async (): Promise<void> => {
      const found = search === '' ? pages('') : await find(search);
      if (current) setHits(found);
    };
    const timer = setTimeout(() => void load(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return hits;
}

function pages(search: string): readonly Hit[] {
  return [...PLACES, ...OTHER_PLACES]
    .filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()))
    .map(({ href, label }) => ({
      href,
      text: label,
      hint: 'page',
    }));
}

/** What may not be listed is not found. Each list fails alone. */
async function find(search: string): Promise<readonly Hit[]> {
  const [first, second] = await Promise.all([
    ask(SearchEverythingDocument, { search }),
    ask(SearchThingsDocument, { search }),
  ]);
  const principals = (first.data?.principals?.nodes ?? []).map((each) => ({
    href: principalAddress(each.principalId),
    text: nameOf(each),
    hint: `${each.__typename.toLowerCase()} · ${accountName(each.account)}`,
  }));
  const policies = (second.data?.policies?.nodes ?? []).map(({ arn, name }) => ({
    href: policyAddress(arn),
    text: name,
    hint: 'policy',
  }));
  const resources = (second.data?.resources?.nodes ?? []).map(({ arn, service }) => ({
    href: resourceAddress(arn),
    text: arn,
    hint: service,
  }));
  const accounts = (second.data?.accounts?.nodes ?? []).map((each) => ({
    href: `/account/${each.accountId}`,
    text: accountName(each),
    hint: `account · ${each.accountId}`,
  }));
  const actions = (first.data?.actions?.nodes ?? []).map(({ name, description }) => ({
    href: `/ask?action=${encodeURIComponent(name)}`,
    text: name,
    hint: description ?? 'action',
  }));
  return [...pages(search), ...principals, ...accounts, ...policies, ...resources, ...actions];
}
