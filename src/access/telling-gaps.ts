import type { Known } from '../directory/directory.ts';
import type { Decision } from '../evaluation/decision.ts';

const NOTHING: readonly string[] = [];

/** The gaps of one side of a request, with what each could change. */
export type Sided = Pick<Known<unknown>, 'gaps' | 'reach'>;

/** The keys that would have other values if the caller's, or the resource's, organization or owner were known. */
export type UnknownKeys = ReadonlySet<string>;

export const OF_CALLER: UnknownKeys = new Set(['aws:principalorgid', 'aws:principalorgpaths']);
export const OF_RESOURCE: UnknownKeys = new Set([
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:resourceaccount',
  's3:resourceaccount',
]);

export const OF_BOTH: UnknownKeys = new Set([...OF_CALLER, ...OF_RESOURCE]);

/**
 * The gaps that could change the answer. An unknown layer that can only deny changes no denial, and one that can only grant nothing
 * that is allowed or denied explicitly; unknown facts can turn both where a statement asks for their keys. `controlled`: control
 * policies of this side could apply to the request.
 */
export function telling(
  { gaps, reach }: Sided,
  decision: Decision,
  keys: UnknownKeys,
  controlled = true,
): readonly string[] {
  if (gaps.length === 0) return gaps;
  const { effect, deniedBy } = decision;
  // AWS itself denies, whatever policies say.
  if (effect === 'IMPLICIT_DENY' && deniedBy === null) return NOTHING;
  let asks: boolean | null = null;
  const isAsked = (): boolean => {
    asks ??= decision.dependsOn(keys);
    return asks;
  };
  return gaps.filter((gap) => {
    const could = reach?.get(gap) ?? null;
    if (could === null) return effect === 'ALLOWED' || (effect === 'IMPLICIT_DENY' && !isAboveGrants(deniedBy));
    // What cannot be read was read as if it allowed nothing.
    if (could === 'UNREAD') return effect !== 'ALLOWED';
    if (could === 'LIMITS') return limitsCould(decision, keys, controlled) || isAsked();
    return effect === 'ALLOWED' || isByOwnControl(decision) || isAsked();
  });
}

function limitsCould({ effect, deniedBy }: Decision, keys: UnknownKeys, controlled: boolean): boolean {
  if (effect === 'ALLOWED') return controlled;
  // A level of control policies of which some are not known may allow more.
  return effect === 'IMPLICIT_DENY' && deniedBy === 'SERVICE_CONTROL_POLICY' && keys !== OF_RESOURCE;
}

/** Where the owner of a resource is not known, the resource control policies of the caller's account are taken. */
function isByOwnControl({ layers }: Decision): boolean {
  return layers.some(({ layer, effect }) => layer === 'RESOURCE_CONTROL_POLICY' && effect !== 'ALLOWED');
}

/** These layers deny implicitly whatever policies grant. */
function isAboveGrants(deniedBy: Decision['deniedBy']): boolean {
  return deniedBy === 'SERVICE_CONTROL_POLICY' || deniedBy === 'VPC_ENDPOINT_POLICY';
}
