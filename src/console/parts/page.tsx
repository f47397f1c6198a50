import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Whether a page was shown before: the first one leaves the focus where the browser has it. */
let shownBefore = false;

/** A page: its title, the first line that answers, and what proves it. */
export function Page({
  title,
  heading = title,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly heading?: ComponentChildren;
  /** Takes the whole width: for graphs. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  const first = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Rolegate`;
  }, [title]);
  useEffect(() => {
    if (shownBefore) first.current?.focus({ preventScroll: true });
    shownBefore = true;
  }, []);
  return (
    <main id="main" class={wide ? 'page page-wide' : 'page'}>
      <h1 ref={first} tabIndex={-1}>
        {heading}
      </h1>
      {children}
    </main>
  );
}

/** A part of a page with its heading. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
