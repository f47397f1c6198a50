import type { GapReach } from './directory.ts';

/** Of the gaps of several sources. */
export function reachOf(...sources: readonly { readonly reach?: ReadonlyMap<string, GapReach> }[]): {
  readonly reach?: ReadonlyMap<string, GapReach>;
} {
  const known = sources.flatMap(({ reach }) => (reach === undefined || reach.size === 0 ? [] : [reach]));
  const [first, ...others] = known;
  if (first === undefined) return {};
  return { reach: others.length === 0 ? first : new Map(known.flatMap((one) => [...one])) };
}
