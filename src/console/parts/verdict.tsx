import { MEANING_WORDS, type Meaning } from '../words.ts';

/** Shapes that are told apart without colours. */
const SHAPES: Readonly<Record<Meaning, string>> = {
  // a disc with a tick, an octagon with a cross, a ring with a bar, a triangle with a mark
  allowed: 'M8 0a8 8 0 1 0 .01 0zM6.8 11.6 3.4 8.2l1.3-1.3 2.1 2.1 4.5-4.5 1.3 1.3z',
  denied:
    'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zM5.3 4 4 5.3 6.7 8 4 10.7 5.3 12 8 9.3l2.7 2.7 1.3-1.3L9.3 8 12 5.3 10.7 4 8 6.7z',
  implicit: 'M8 0a8 8 0 1 0 .01 0zM8 2a6 6 0 1 1-.01 0zM4 7h8v2H4z',
  unknown: 'M8 0 16 15H0zM7 5h2v5H7zM7 11h2v2H7z',
};

export function Shape({ meaning }: { readonly meaning: Meaning }) {
  return (
    <svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={SHAPES[meaning]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}

/** A meaning by colour, shape and word. */
export function Verdict({ meaning, word }: { readonly meaning: Meaning; readonly word?: string }) {
  return (
    <span class={`verdict is-${meaning}`}>
      <Shape meaning={meaning} />
      {word ?? MEANING_WORDS[meaning]}
    </span>
  );
}
