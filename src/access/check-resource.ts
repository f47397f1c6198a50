import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogAction } from '../catalog/catalog-service.ts';
import { takenBy } from '../catalog/resource-fit.ts';
import { type Arn, parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { isPartition, PARTITIONS, regionsOf } from '../policy/regions.ts';
import { nearest } from '../policy/spelling.ts';

/** The name of an input, as errors give it: made only for an error. */
export type Place = () => string;

/** Greatest length of a text in a message. */
const QUOTED_CHARACTERS = 100;

export function shortened(text: string): string {
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
}

/**
 * Throws InvalidInput for the input `at` if `resource` is neither `*` nor an ARN with an existing partition and Region and a valid
 * account, or if the action cannot be asked on it, as for a misspelt action. Returns the gap if the catalogue knows no resource
 * of this form, otherwise null.
 */
export function checkFit(catalog: Catalog, action: CatalogAction, resource: string, at: Place): string | null {
  if (resource === '*') return null;
  checkArn(resource, at);
  const fit = catalog.fit(action, resource);
  if (fit.kind === 'fits') return null;
  if (fit.kind === 'unknown') {
    return `the catalogue of ${catalog.version} has no resource of the form of ${resource}: whether ${action.name} can be asked on it is not checked`;
  }
  const what = fit.type === null ? 'it' : `\`${shortened(resource)}\`, which is of the type ${fit.type}`;
  const partition = parseArn(resource)?.partition ?? 'aws';
  throw new InvalidInput(at(), `\`${action.name}\` cannot be asked on ${what}: it takes ${takenBy(action, partition)}`);
}

const WILDCARD = /[*?]/;

/**
 * Like `checkFit`, for a pattern: its parts without wildcards must be valid. Whether the action can be asked on the resources
 * that it matches is decided when they are searched; for a pattern without wildcards at once.
 */
export function checkPattern(catalog: Catalog, action: CatalogAction, pattern: string, at: Place): string | null {
  if (!WILDCARD.test(pattern)) return checkFit(catalog, action, pattern, at);
  if (pattern !== '*') checkArn(pattern, at, true);
  return null;
}

/** Throws InvalidInput for a text that cannot be an ARN of AWS. `isPattern`: parts with wildcards are not checked. */
export function checkArn(resource: string, at: Place, isPattern = false): void {
  const arn = parseArn(resource);
  if (arn === null) throw new InvalidInput(at(), `\`${shortened(resource)}\` is neither an ARN nor *`);
  const { partition, region, accountId } = isPattern ? withoutPatterns(arn) : arn;
  if (!isPartition(partition)) throw new InvalidInput(at(), notThere('partition', partition, PARTITIONS));
  if (region !== '') checkRegion(region, partition, at);
  // Some services have names of their own in place of an account (aws, cloudfront …).
  if (/^\d+$/.test(accountId) && !isAccountId(accountId)) {
    throw new InvalidInput(at(), `\`${shortened(accountId)}\` in the ARN is not an account id of twelve digits`);
  }
}

/** Each part with wildcards is replaced by an existing value. */
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

/** `partition` null: any partition. */
export function checkRegion(region: string, partition: string | null, at: Place): void {
  const regions = regionsOf(partition);
  if (regions.includes(region)) return;
  const where = partition === null ? '' : ` in the partition \`${partition}\``;
  throw new InvalidInput(at(), notThere('Region', region, regions, where));
}

function notThere(what: string, text: string, known: readonly string[], where = ''): string {
  const similar = nearest(text, known);
  return `there is no ${what} \`${shortened(text)}\`${where}${similar === null ? '' : `; did you mean \`${similar}\`?`}`;
}
