import type { ConsoleList } from './assets.ts';

/** Somebody of the demo organization who can sign in: no secret. */
export interface DemoPerson {
  readonly name: string;
  readonly accessKeyId: string;
}

/** What the page is told beside what it asks. */
export interface ConsoleFacts {
  /** Empty: the demo organization is not loaded. */
  readonly people: readonly DemoPerson[];
  /** Whether GraphiQL can be linked to. */
  readonly graphiql: boolean;
}

/** The mark of Rolegate: a gate with one wing open. */
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f3a5f"/>' +
  '<path d="M7 26V13a9 9 0 0 1 18 0v13h-4V13a5 5 0 0 0-10 0v13z" fill="#fff"/><path d="M11 26V13l6 3v13z" fill="#f5a623"/></svg>';
const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`;

/**
 * Allows nothing from other origins, nothing inline, and nothing that makes text into markup or into a program. `data:`: the
 * icon.
 */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The page that every address of the console is answered with. `base` is the path of its files. */
export function consoleShell(base: string, page: string, list: ConsoleList, facts: ConsoleFacts): string {
  const early = [...new Set([list.script, ...(list.pages[page] ?? [])])]
    .map((name) => `    <link rel="modulepreload" href="${base}${name}" />\n`)
    .join('');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Rolegate</title>
    <link rel="icon" href="${ICON}" />
    <link rel="stylesheet" href="${base}${list.style}" />
${early}  </head>
  <body>
    <noscript>The console needs JavaScript. GraphQL at /graphql answers the same questions without it.</noscript>
    <div id="console"></div>
    <script id="facts" type="application/json">${escaped(facts)}</script>
    <script type="module" src="${base}${list.script}"></script>
  </body>
</html>
`;
}

/** JSON that cannot end the script element it stands in. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
