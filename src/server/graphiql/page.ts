import type { GraphiQLOptions } from 'graphql-yoga';
import { BAR_HTML } from './bar.ts';

/**
 * Allows nothing from other origins and no inline scripts. Inline styles: Monaco and GraphiQL set them on elements. `wasm-unsafe-eval`:
 * the editor's highlighting. `data:` fonts and images: GraphiQL's style sheet.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface GraphiqlTab {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
  /** JSON. */
  readonly headers?: string;
}

/** What it asks of the schema. */
export const INTROSPECTION = { schemaDescription: true, inputValueDeprecation: true } as const;

/** The mark of Rolegate: a gate with one wing open. */
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28"><rect width="32" height="32" rx="7" fill="#1f3a5f"/>' +
  '<path d="M7 26V13a9 9 0 0 1 18 0v13h-4V13a5 5 0 0 0-10 0v13z" fill="#fff"/><path d="M11 26V13l6 3v13z" fill="#f5a623"/></svg>';
const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`;

/** The page that boots GraphiQL. `base` is the path of its files, with a slash at its end. */
export function graphiqlPage(base: string, tabs: readonly GraphiqlTab[], headers: string): string {
  const options: GraphiQLOptions = {
    title: 'Rolegate',
    logo: MARK,
    defaultTabs: tabs.map((tab) => ({
      query: tab.query,
      variables: tab.variables ?? null,
      headers: tab.headers ?? headers,
    })),
    headers,
    // Credentials are typed there: they live as long as the page.
    shouldPersistHeaders: false,
    credentials: 'same-origin',
    ...INTROSPECTION,
    defaultEditorToolsVisibility: 'variables',
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Rolegate</title>
    <link rel="icon" href="${ICON}" />
    <link rel="stylesheet" href="${base}graphiql.css" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript. The API at this address answers GraphQL requests without it.</noscript>
    ${BAR_HTML}
    <div id="root"></div>
    <script id="options" type="application/json">${escaped(options)}</script>
    <script src="${base}bar.js"></script>
    <script src="${base}editor.js"></script>
    <script src="${base}graphiql.js"></script>
    <script src="${base}boot.js"></script>
  </body>
</html>
`;
}

/** JSON that cannot end the script element it stands in. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
