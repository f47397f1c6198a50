/**
 * A module of the built gateway (`npm run build`): what users run. A loader of TypeScript adds work of its own to every
 * function. `path` below `src`, without its ending.
 */
export function built<Module>(path: string): Promise<Module> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href) as Promise<Module>;
}
