import type { JsonValue } from '../policy/json.ts';

/**
 * Whether a secret access key stands anywhere in a value, as in answers of CreateAccessKey and AssumeRole. Names of members
 * differ between tools: `SecretAccessKey`, `secretAccessKey`, `secret_access_key`.
 */
export function hasSecretKey(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, member]) => isSecretKeyName(name) || hasSecretKey(member));
}

function isSecretKeyName(name: string): boolean {
  return name.length < 32 && name.replace(/[_-]/g, '').toLowerCase() === 'secretaccesskey';
}
