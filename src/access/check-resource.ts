import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogAction } from '../catalog/catalog-service.ts';
import { takenBy } from '../catalog/resource-fit.ts';
import { type Arn, parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { isPartition, PARTITIONS, regionsOf } from '../policy/regions.ts';
import { nearest } from '../policy/spelling.ts';

/** Longest text that is repeated in a message. */
const QUOTED_CHARACTERS = 100;

export function shortened(text: string): string {
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
}

/**
 * Throws InvalidInput for `field` when `resource` is neither `*` nor an ARN of a partition, Region and account that there can
 * be, or when the action cannot be asked on it, as with a misspelt action. The gap, where the catalogue knows no resource of the
 * form: null otherwise.
 */
export function checkFit(catalog: Catalog, action: CatalogAction, resource: string, field: string): string | null {
  if (resource === '*') return null;
  checkArn(resource, field);
  const fit = catalog.fit(action, resource);
  if (fit.kind === 'fits') return null;
  if (fit.kind === 'unknown') {
    return `the catalogue of ${catalog.version} has no resource of the form of ${resource}: whether ${action.name} can be asked on it is not checked`;
  }
  const what = fit.type === null ? 'it' : `\`${shortened(resource)}\`, which is of the type ${fit.type}`;
  const partition = parseArn(resource)?.partition ?? 'aws';
  throw new InvalidInput(
    field,
    `\`${action.name}\` cannot be asked on ${what}: it takes ${takenBy(action, partition)}`,
  );
}

const WILDCARD = /[*?]/;

/**
 * As `checkFit`, for a pattern: its parts without wildcards have to be ones that there can be. Whether the action can be asked on
 * what it matches is seen when that is looked for; of a pattern without wildcards at once.
 */
export function checkPattern(catalog: Catalog, action: CatalogAction, pattern: string, field: string): string | null {
  if (!WILDCARD.test(pattern)) return checkFit(catalog, action, pattern, field);
  if (pattern !== '*') checkArn(pattern, field, true);
  return null;
}

/** Throws InvalidInput for what is no ARN that AWS could have given out. `isPattern`: parts with wildcards are passed over. */
export function checkArn(resource: string, field: string, isPattern = false): void {
  const arn = parseArn(resource);
  if (arn === null) throw new InvalidInput(field, `\`${shortened(resource)}\` is neither an ARN nor *`);
  const { partition, region, accountId } = isPattern ? withoutPatterns(arn) : arn;
  if (!isPartition(partition)) throw new InvalidInput(field, notThere('partition', partition, PARTITIONS));
  if (region !== '') checkRegion(region, partition, field);
  // Some services have names of their own in the place of an account (aws, cloudfront …).
  if (/^\d+$/.test(accountId) && !isAccountId(accountId)) {
    throw new InvalidInput(field, `\`${shortened(accountId)}\` in the ARN is not an account id of twelve digits`);
  }
}

/** With something that there is in the place of each part with wildcards. */
function withoutPatterns(arn: Arn): Arn {
  const { partition, region, accountId } = arn;
  const anyPartition = WILDCARD.test(partition);
  return {
    ...arn,
    partition: anyPartition ? 'aws' : partition,
    region: anyPartition || WILDCARD.test(region) ? '' : region,
    accountId: WILDCARD.test(accountId) ? '' : accountId,
  };
}

/** `partition` null: of any. */
export function checkRegion(region: string, partition: string | null, field: string): void {
  const regions = regionsOf(partition);
  if (regions.includes(region)) return;
  const where = partition === null ? '' : ` in the partition \`${partition}\``;
  throw new InvalidInput(field, notThere('Region', region, regions, where));
}

function notThere(what: string, text: string, known: readonly string[], where = ''): string {
  const similar = nearest(text, known);
  return `there is no ${what} \`${shortened(text)}\`${where}${similar === null ? '' : `; did you mean \`${similar}\`?`}`;
}
