import type { PublicAccessBlock } from '../directory/document.ts';
import type { JsonValue } from '../policy/json.ts';
import { isJsonObject } from './entry.ts';

const NAMES = {
  blockPublicAcls: 'BlockPublicAcls',
  ignorePublicAcls: 'IgnorePublicAcls',
  blockPublicPolicy: 'BlockPublicPolicy',
  restrictPublicBuckets: 'RestrictPublicBuckets',
} as const satisfies Record<keyof PublicAccessBlock, string>;

/**
 * Settings of Block Public Access, with names as in S3's API or in AWS Config (which begins them in lower case), or an object
 * around them. Null: they are not understood. A setting that is left out is off.
 */
export function publicAccessSettings(value: JsonValue): PublicAccessBlock | null {
  if (!isJsonObject(value)) return null;
  const inner = value['PublicAccessBlockConfiguration'] ?? value['publicAccessBlockConfiguration'];
  if (inner !== undefined) return publicAccessSettings(inner);
  const found = Object.entries(NAMES).map(([own, api]) => [own, value[api] ?? value[own]] as const);
  if (found.every(([, setting]) => setting === undefined)) return null;
  if (found.some(([, setting]) => setting !== undefined && typeof setting !== 'boolean')) return null;
  const isOn = (own: keyof PublicAccessBlock) => (value[NAMES[own]] ?? value[own]) === true;
  return {
    blockPublicAcls: isOn('blockPublicAcls'),
    ignorePublicAcls: isOn('ignorePublicAcls'),
    blockPublicPolicy: isOn('blockPublicPolicy'),
    restrictPublicBuckets: isOn('restrictPublicBuckets'),
  };
}
