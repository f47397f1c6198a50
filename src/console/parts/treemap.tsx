import { type HierarchyRectangularNode, hierarchy, treemap } from 'd3-hierarchy';
import { useMemo } from 'preact/hooks';
import type { PermissionSummaryQuery } from '../../generated/console/questions.ts';

export type ServicePermissions = NonNullable<PermissionSummaryQuery['effectivePermissions']>['summary'][number];

/** Of the picture, in its own units. */
const WIDTH = 1200;
const HEIGHT = 320;
/** Rectangles below this are not named. */
const NAMED = { width: 64, height: 24 };

/** What a service can at most: darker means more. */
const LEVELS = ['LIST', 'READ', 'TAGGING', 'WRITE', 'PERMISSIONS_MANAGEMENT'] as const;
export const LEVEL_WORDS = {
  LIST: 'lists',
  READ: 'reads',
  TAGGING: 'tags',
  WRITE: 'writes',
  PERMISSIONS_MANAGEMENT: 'gives permissions',
} as const;

/** The strongest level that a service is allowed. */
export function strongest({ accessLevels }: ServicePermissions): (typeof LEVELS)[number] {
  return LEVELS.findLast((level) => accessLevels.includes(level)) ?? 'LIST';
}

/** Permissions by service: the area is the number of actions, the shade what they can at most. The list beside it says the same. */
export function Treemap({
  services,
  chosen,
  choose,
}: {
  readonly services: readonly ServicePermissions[];
  readonly chosen: string | null;
  readonly choose: (service: string | null) => void;
}) {
  const leaves = useMemo(() => laidOut(services), [services]);
  return (
    <svg class="treemap" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {leaves.map(({ x0, y0, x1, y1, data }) => {
        const isNamed = x1 - x0 > NAMED.width && y1 - y0 > NAMED.height;
        const { service } = data;
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: a picture of the list beside it, whose buttons do the same
          <g
            key={service}
            class={`treemap-part level-${strongest(data).toLowerCase()} ${service === chosen ? 'treemap-chosen' : ''}`}
            onClick={() => choose(service === chosen ? null : service)}
          >
            <title>{`${data.serviceName ?? service}: ${data.allowedActions} of ${data.totalActions} actions, ${LEVEL_WORDS[strongest(data)]}`}</title>
            <rect x={x0} y={y0} width={x1 - x0} height={y1 - y0} />
            {isNamed && (
              <text x={x0 + 8} y={y0 + 20}>
                {service}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function laidOut(services: readonly ServicePermissions[]): readonly HierarchyRectangularNode<ServicePermissions>[] {
  interface Tree {
    readonly children?: readonly ServicePermissions[];
  }
  const root = hierarchy<Tree | ServicePermissions>({ children: services }, (node) =>
    'children' in node ? [...(node.children ?? [])] : null,
  )
    .sum((node) => ('allowedActions' in node ? node.allowedActions : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<Tree | ServicePermissions>().size([WIDTH, HEIGHT]).paddingInner(3).round(true)(root);
  return placed.leaves() as HierarchyRectangularNode<ServicePermissions>[]; // as: only services are leaves
}
