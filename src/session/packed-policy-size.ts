import { deflateRawSync } from 'node:zlib';
import type { Tags } from '../evaluation/principal.ts';
import { RolegateError } from '../policy/errors.ts';

/**
 * Bytes that the session policies and tags of a session may take once packed. AWS packs them into its session token and
 * publishes neither the method nor the limit; ours is an approximation: the deflated length of the policies without white
 * space, of the ARNs and of the tags.
 */
const ROOM = 2048;

/** Share of the limit that is used, in percent; null: there is nothing to pack. Throws PackedPolicyTooLarge above 100. */
export function packedPolicySize(session: {
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  readonly tags: Tags;
}): number | null {
  const policies = [...session.sessionPolicies.map(withoutWhiteSpace), ...session.sessionPolicyArns];
  const tags = Object.entries(session.tags).flat();
  if (policies.length === 0 && tags.length === 0) return null;
  const packed = deflateRawSync([...policies, ...tags].join('\0')).length;
  const size = Math.ceil((packed / ROOM) * 100);
  if (size <= 100) return size;
  throw new RolegateError(
    'PackedPolicyTooLarge',
    policies.length === 0
      ? `Packed size of session tags consumes ${size}% of allotted space.`
      : `Packed policy consumes ${size}% of allotted space, please use smaller policy.`,
  );
}

/** The policy was read before, so it is JSON; only its URL-encoded form is not, and that has no white space. */
function withoutWhiteSpace(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document));
  } catch {
    return document;
  }
}
