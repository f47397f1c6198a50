import type { BearerIndex } from '../bearers/bearer-index.ts';
import type { PolicyBearers } from '../bearers/policy-bearers.ts';

/** The bearers of a revision with some changes: `changed` holds those of the changed resources and roles that there are then. */
export function overlayBearers(
  shared: PolicyBearers,
  revision: bigint,
  touched: ReadonlySet<string>,
  changed: BearerIndex,
): PolicyBearers {
  const untouched = (arn: string): boolean => !touched.has(arn);
  const owners = new Map([...shared.owners].filter(([arn]) => untouched(arn)));
  for (const [arn, owner] of changed.owners) owners.set(arn, owner);
  return {
    revision,
    owners,
    // Nobody depends on their order, but for gaps, which are listed in it.
    concerning: (names) => {
      const asked = [...names];
      return [...shared.concerning(asked).filter(untouched), ...changed.concerning(asked)];
    },
    inside: (arn) => {
      const inside = [...(shared.inside(arn) ?? []).filter(untouched), ...(changed.inside(arn) ?? [])];
      return inside.length === 0 ? undefined : inside.sort();
    },
  };
}
