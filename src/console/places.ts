/** The pages that can be gone to from everywhere, in the order of the bar. */
export const PLACES: readonly { readonly href: string; readonly label: string }[] = [
  { href: '/', label: 'Home' },
  { href: '/ask', label: 'Ask' },
  { href: '/organization', label: 'Organization' },
  { href: '/routes', label: 'Routes' },
  { href: '/findings', label: 'Findings' },
  { href: '/trail', label: 'Trail' },
];
