import { comesThrough } from '../evaluation/access-point.ts';
import { OWNED_BY_AWS } from '../evaluation/aws-owned.ts';
import type { ActionFacts } from '../evaluation/request.ts';
import { WAYS_BACK_IN } from '../evaluation/situation.ts';

/** Differences between actions besides the statements. */
export function traits({ name, service, wildcardOnly, askedOn, resourceControlSupported }: ActionFacts): string {
  const special = SPECIAL_SERVICES.has(service) ? service : '';
  const single = askedOn !== undefined || SPECIAL_ACTIONS.has(name.toLowerCase()) ? name.toLowerCase() : '';
  const about = service === 's3' && !comesThrough(name) ? 'a' : '';
  return `${wildcardOnly ? 'w' : ''}${resourceControlSupported ? 'c' : ''}${special}${about}/${single}`;
}

const SPECIAL_SERVICES: ReadonlySet<string> = new Set(['sts', 'kms', 's3']);
const SPECIAL_ACTIONS: ReadonlySet<string> = new Set([
  'sts:getcalleridentity',
  'kms:retiregrant',
  ...WAYS_BACK_IN,
  ...OWNED_BY_AWS.flatMap(({ actions }) => [...actions]),
]);

/** Roles and KMS keys, to which no identity policy alone can grant access. */
export function shutIn(service: string, partition: string): readonly string[] {
  if (service === 'sts') return [`arn:${partition}:iam:*:*:role/*`];
  return service === 'kms' ? [`arn:${partition}:kms:*:*:key/*`] : [];
}
