import type { ComponentChildren } from 'preact';
import type { Failure } from '../questions/ask.ts';

/** A sentence that stands out, and a way on. */
export function Notice({
  kind = 'info',
  children,
}: {
  readonly kind?: 'info' | 'warning' | 'problem';
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'problem' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** Why something is not shown, with a button to try again where that can help. */
export function FailureNotice({ failure, again }: { readonly failure: Failure; readonly again?: () => void }) {
  return (
    <Notice kind={failure.kind === 'refused' ? 'warning' : 'problem'}>
      <p>{failure.sentence}</p>
      {again !== undefined && failure.kind === 'lost' && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </Notice>
  );
}

/** In the place of what loads: as many lines as will be there. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">Loading…</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} class="skeleton-line" aria-hidden="true" />
      ))}
    </div>
  );
}
