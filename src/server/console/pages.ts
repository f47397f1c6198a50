/**
 * Which page of the console an address is of, by the file in src/console/pages/ that draws it. An address of none of them is
 * answered as any other that there is not.
 */
const PAGES: readonly (readonly [address: RegExp, page: string])[] = [
  [/^\/$/, 'home'],
  [/^\/sign-in$/, 'sign-in'],
  [/^\/switch-role$/, 'switch-role'],
  [/^\/ask$/, 'ask'],
  [/^\/[pr]\/[^/]+$/, 'principal'],
  [/^\/policy\/[^/]+$/, 'policy'],
  [/^\/resource\/[^/]+$/, 'resource'],
  [/^\/group\/[^/]+$/, 'group'],
  [/^\/endpoint\/[^/]+$/, 'endpoint'],
  [/^\/organization$/, 'organization'],
  [/^\/account\/\d{12}$/, 'account'],
  [/^\/routes$/, 'routes'],
  [/^\/trail$/, 'trail'],
  [/^\/findings$/, 'findings'],
  [/^\/import$/, 'import'],
  [/^\/compare$/, 'compare'],
];

/** The page at an address; null: the console has none there. */
export function consolePageAt(path: string): string | null {
  return PAGES.find(([address]) => address.test(path))?.[1] ?? null;
}
