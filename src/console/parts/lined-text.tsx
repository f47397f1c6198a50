import { useLayoutEffect, useRef } from 'preact/hooks';

/** A place in the text that something is said about. */
export interface Mark {
  /** From 1. */
  readonly line: number;
  readonly kind: 'error' | 'warning';
  readonly message: string;
}

/** A field for a longer text: with the numbers of its lines, and marks where something is said. */
export function LinedText({
  label,
  text,
  change,
  marks,
  describedBy,
  focus = false,
}: {
  readonly label: string;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly marks: readonly Mark[];
  /** Id of what says the same in words. */
  readonly describedBy: string;
  /** Whether the field has the focus when it is shown: somebody has asked for it. */
  readonly focus?: boolean;
}) {
  const gutter = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const follow = (): void => {
    if (gutter.current !== null && area.current !== null) gutter.current.scrollTop = area.current.scrollTop;
  };
  useLayoutEffect(follow, [text]);
  useLayoutEffect(() => {
    if (focus) area.current?.focus();
  }, []);
  const lines = text.split('\n').length;
  const byLine = new Map<number, Mark>();
  for (const mark of marks) if (mark.kind === 'error' || !byLine.has(mark.line)) byLine.set(mark.line, mark);
  return (
    <div class="lined">
      <div class="lined-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => {
          const mark = byLine.get(index + 1);
          return (
            <div key={index} class={mark === undefined ? '' : `lined-${mark.kind}`} title={mark?.message}>
              {mark !== undefined && <span>{mark.kind === 'error' ? '✕' : '▲'}</span>}
              {index + 1}
            </div>
          );
        })}
      </div>
      <textarea
        ref={area}
        class="mono"
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={marks.some(({ kind }) => kind === 'error')}
        wrap="off"
        spellcheck={false}
        autocomplete="off"
        rows={Math.min(Math.max(lines + 1, 12), 32)}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
        onScroll={follow}
      />
    </div>
  );
}
