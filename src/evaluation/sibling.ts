import { marksOfResource } from '../policy/resource-marks.ts';
import type { PreparedResource } from './prepare.ts';

/**
 * Another object in the bucket of `one`, which is an object too: if nothing is known of either but their bucket, they differ in
 * their names alone.
 */
export function siblingOf(one: PreparedResource, arn: string): PreparedResource {
  const rest = arn.slice(one.head.length);
  return { ...one, text: arn, rest, marks: marksOfResource(one.head, rest), facts: { ...one.facts, arn } };
}
