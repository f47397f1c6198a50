import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

/** A row, in pixels. */
const ROW = 48;
/** Rows beyond the edges that are drawn already. */
const BEYOND = 10;

/** A list of any length: only what can be seen is drawn. */
export function VirtualList<T>({
  items,
  label,
  children,
}: {
  readonly items: readonly T[];
  readonly label: string;
  readonly children: (item: T) => ComponentChildren;
}) {
  const [, redraw] = useReducer((before: number) => before + 1, 0);
  const box = useRef<HTMLDivElement>(null);
  const options = {
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: BEYOND,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLLIElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="virtual" ref={box} tabIndex={0} aria-label={label}>
      <ul style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li key={index} class="virtual-row" style={{ transform: `translateY(${start}px)`, height: `${ROW}px` }}>
              {children(item)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
