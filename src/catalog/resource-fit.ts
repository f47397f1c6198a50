import { isAskedOn } from '../evaluation/asked-on.ts';
import type { CatalogAction } from './catalog-service.ts';
import { fixedPart, matchesTemplate } from './resource-template.ts';

/**
 * Whether an action can be asked on a resource. `unknown`: the catalogue does not have this form of ARN, so it cannot say.
 * `type`: what the resource is instead; null: a resource is given for an action that takes none.
 */
export type ResourceFit =
  | { readonly kind: 'fits' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'misfit'; readonly type: string | null };

const FITS: ResourceFit = { kind: 'fits' };
const UNKNOWN: ResourceFit = { kind: 'unknown' };

/** `arn`: an ARN without wildcards, or the bare `*`, which means everything that the action can be asked on. */
export function resourceFit(
  action: CatalogAction,
  arn: string,
  catalog: { resourceTypeOf(arn: string): string | null },
): ResourceFit {
  if (arn === '*') return FITS;
  if (action.wildcardOnly) {
    const isAsked = action.askedOn !== undefined && isAskedOn(action.askedOn, arn);
    return isAsked ? FITS : { kind: 'misfit', type: catalog.resourceTypeOf(arn) };
  }
  if (action.resourceTypes.some(({ type }) => type.arns.some((template) => matchesTemplate(template, arn))))
    return FITS;
  const type = catalog.resourceTypeOf(arn);
  return type === null ? UNKNOWN : { kind: 'misfit', type };
}

/**
 * What ARNs on which the action can be asked, like `arn`, begin with: it can be asked on all that begin so and go on. Null: it is
 * not known that what follows is of no account.
 */
export function fittingHead(action: CatalogAction, arn: string): string | null {
  if (action.wildcardOnly) return null;
  for (const { type } of action.resourceTypes) {
    for (const template of type.arns) {
      const head = fixedPart(template, arn);
      // Account and Region are checked, too.
      if (head !== null && head.split(':').length > PARTS) return head;
    }
  }
  return null;
}

/** Of an ARN before its resource. */
const PARTS = 5;

/** The resource types of the action, for messages: `object (arn:aws:s3:::${BucketName}/${ObjectName})`. */
export function takenBy(action: CatalogAction, partition: string): string {
  if (action.askedOn !== undefined) return `\`*\`, or \`${printed(action.askedOn.arn, partition)}\``;
  if (action.wildcardOnly) return 'no resource: ask it on `*`';
  const types = action.resourceTypes.slice(0, MAX_TYPES).map(({ type }) => {
    return `${type.name} (\`${(type.arns[0] ?? '').replace('${Partition}', partition)}\`)`;
  });
  const more = action.resourceTypes.length - types.length;
  return types.join(' or ') + (more > 0 ? `, or one of ${more} more types` : '');
}

const MAX_TYPES = 3;

function printed(asked: string, partition: string): string {
  return asked.replace('$P', partition).replace('$R', '${Region}').replace('$A', '${Account}');
}
