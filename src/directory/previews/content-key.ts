import type { CompiledPolicy } from '../../policy/load.ts';
import { sha256 } from '../apply/change-set.ts';

const keys = new WeakMap<CompiledPolicy, string>();

/** The same for policies with the same text, however often it was compiled. */
export function contentKey(policy: CompiledPolicy): string {
  const known = keys.get(policy);
  if (known !== undefined) return known;
  const { text, document } = policy.source;
  const key = `${policy.closed} ${sha256(text ?? JSON.stringify(document))}`;
  keys.set(policy, key);
  return key;
}
