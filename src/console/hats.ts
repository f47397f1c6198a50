import { signal } from '@preact/signals';
import { keep, kept, recent } from './kept.ts';

/** Colours of the bar while a role is worn: names of classes in look/bar.css. */
export const COLOURS = ['indigo', 'teal', 'plum', 'ochre', 'slate'] as const;
export type Colour = (typeof COLOURS)[number];

/** A role as this browser knows it: what it was called here, and in which colour it is worn. */
export interface KnownHat {
  readonly role: string;
  readonly display: string;
  readonly colour: Colour;
}

export function isColour(value: unknown): value is Colour {
  return COLOURS.some((colour) => colour === value);
}

function areHats(value: unknown): value is readonly KnownHat[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each: unknown) =>
        typeof each === 'object' &&
        each !== null &&
        'role' in each &&
        typeof each.role === 'string' &&
        'display' in each &&
        typeof each.display === 'string' &&
        'colour' in each &&
        isColour(each.colour),
    )
  );
}

/** The last five roles that were switched to in this browser, the newest first. */
export const lastHats = signal<readonly KnownHat[]>(kept('hats', [], areHats));

export function wear(worn: KnownHat): void {
  lastHats.value = recent(lastHats.value, worn, (a, b) => a.role === b.role);
  keep('hats', lastHats.value);
}

export function forgetHats(): void {
  lastHats.value = [];
  keep('hats', []);
}

/** How a role is shown: as it was called when it was switched to, otherwise by its name in a colour that follows from it. */
export function hatOf(role: string, name: string): KnownHat {
  const known = lastHats.value.find((each) => each.role === role);
  if (known !== undefined) return known;
  let sum = 0;
  for (const char of role) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return { role, display: name, colour: COLOURS[sum % COLOURS.length] ?? 'indigo' };
}
