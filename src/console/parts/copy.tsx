import { useEffect, useState } from 'preact/hooks';

/** Puts a text into the clipboard, and says so for a moment. */
export function Copy({
  text,
  label = 'Copy',
  quiet = false,
}: {
  readonly text: string;
  readonly label?: string;
  readonly quiet?: boolean;
}) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    // Without TLS on another host than the own one there is no clipboard.
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => setSaid('Copied'),
      () => setSaid('Not copied: select the text instead'),
    );
  };
  return (
    <button
      type="button"
      class={quiet ? 'copy copy-quiet' : 'button button-small'}
      onClick={copy}
      title={label}
      aria-label={label}
    >
      {quiet ? <CopyIcon /> : (said ?? label)}
      <span class="hidden" role="status">
        {said}
      </span>
    </button>
  );
}

function CopyIcon() {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d="M5 1h9v11h-2V3H5zM2 4h9v11H2z" fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
