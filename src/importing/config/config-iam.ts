import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';

/** Members that hold policies, whose own names stay as they are. */
const DOCUMENTS = new Set(['assumeRolePolicyDocument', 'policyDocument', 'document']);

/** Deeper than any entity of IAM. */
const MAX_DEPTH = 8;

/**
 * The configuration of an entity of IAM as an entry of the authorization details: the same members, whose names AWS Config
 * begins in lower case. What it writes as null, it knows to be none.
 */
export function asDetails(value: JsonObject): JsonObject {
  return renamed(value, 0) as JsonObject;
}

function renamed(value: JsonValue, depth: number): JsonValue {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (!isJsonObject(value)) return value.map((item: JsonValue) => renamed(item, depth + 1));
  const members = Object.entries(value).map(([name, member]) => [
    `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    DOCUMENTS.has(name) ? member : renamed(member, depth + 1),
  ]);
  return Object.fromEntries(members) as JsonObject;
}

/** Types of Config that are entities of IAM. */
export const IAM_TYPES: Readonly<Partial<Record<string, 'user' | 'group' | 'role' | 'policy'>>> = {
  'AWS::IAM::User': 'user',
  'AWS::IAM::Group': 'group',
  'AWS::IAM::Role': 'role',
  'AWS::IAM::Policy': 'policy',
};
