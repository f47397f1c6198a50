/** The pages that can be gone to from everywhere, in the order of the bar. */
export const PLACES: readonly { readonly href: string; readonly label: string }[] = [
  { href: '/', label: 'Home' },
  { href: '/ask', label: 'Ask' },
  { href: '/organization', label: 'Organization' },
  { href: '/routes', label: 'Routes' },
  { href: '/findings', label: 'Findings' },
  { href: '/trail', label: 'Trail' },
];

/** Those that are found by search, and where they are needed. */
export const OTHER_PLACES: typeof PLACES = [
  { href: '/compare', label: 'Compare' },
  { href: '/switch-role', label: 'Switch role' },
  { href: '/import', label: 'Import' },
];
