import { useState } from 'preact/hooks';
import { chosenIn, dropped } from '../files/dropped.ts';
import type { Chosen } from '../files/read.ts';

/** Files, a folder or an archive, dropped, chosen or pasted. */
export function FilePicker({
  choose,
  busy,
}: {
  readonly choose: (chosen: Promise<readonly Chosen[]>) => void;
  readonly busy: boolean;
}) {
  const [over, setOver] = useState(false);
  const take = (event: Event & { readonly currentTarget: HTMLInputElement }): void => {
    const { files } = event.currentTarget;
    if (files !== null && files.length > 0) choose(Promise.resolve(chosenIn(files)));
    // The same file can be chosen once more.
    event.currentTarget.value = '';
  };
  return (
    <section
      class={over ? 'card drop drop-over' : 'card drop'}
      aria-label="Files"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null && !busy) choose(dropped(event.dataTransfer));
      }}
    >
      <p>Drop an export, files, a folder or an archive here, or choose</p>
      <div class="actions">
        <label class="button">
          files
          <input class="hidden" type="file" multiple disabled={busy} onChange={take} />
        </label>
        <label class="button">
          a folder
          <input class="hidden" type="file" ref={takesFolder} disabled={busy} onChange={take} />
        </label>
      </div>
      <Pasted choose={choose} busy={busy} />
    </section>
  );
}

/** An attribute that browsers have and the types of forms do not. */
function takesFolder(input: HTMLInputElement | null): void {
  if (input !== null) input.webkitdirectory = true;
}

function Pasted({
  choose,
  busy,
}: {
  readonly choose: (chosen: Promise<readonly Chosen[]>) => void;
  readonly busy: boolean;
}) {
  const [text, setText] = useState('');
  return (
    <details class="more">
      <summary>or paste what the command printed</summary>
      <label class="field">
        <span>What was printed</span>
        <textarea
          class="mono"
          rows={8}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="button"
        disabled={busy || text.trim() === ''}
        onClick={() => choose(Promise.resolve([{ path: 'pasted.json', file: new Blob([text]) }]))}
      >
        Take it
      </button>
    </details>
  );
}
