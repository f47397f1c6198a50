import type { ComponentChildren } from 'preact';

/** A longer text of a machine. It scrolls, also by the keyboard. */
export function Code({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: no other element keeps lines as they are
    <pre class="code" tabIndex={0} role="region" aria-label={label}>
      <code>{children}</code>
    </pre>
  );
}
