import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}

/** Light or dark: the system's choice unless somebody has chosen. */
export const theme = signal<Theme>(kept('theme', 'system', isTheme));

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system';
  keep('theme', theme.value);
}

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});
