import { storable } from '../directory/storable.ts';
import { parseArn } from '../policy/arn.ts';
import type { JsonObject, JsonValue } from '../policy/json.ts';
import { isJsonObject } from './entry.ts';
import { type Facts, resourceListKey } from './facts.ts';

/**
 * The policies of log groups: those of their account and Region, joined with their own. The log groups are those that are listed, those
 * that were asked about, and those that a statement names in full. Where the policies of the Region are not known, neither is what
 * applies to a group.
 */
export function concludeLogPolicies(facts: Facts): void {
  const asked = facts.logGroups.entries().map(([arn]) => arn);
  for (const [key, { accountId, region, documents }] of facts.logPolicies.entries()) {
    if (accountId === undefined || region === undefined || documents === undefined) continue;
    const listed = facts.resourceLists.get(resourceListKey(accountId, region, 'log groups')).members ?? [];
    const here = asked.filter((arn) => isIn(arn, accountId, region));
    for (const arn of new Set([...listed, ...here, ...documents.flatMap(namedGroups)])) {
      const own = facts.logGroups.get(arn).policy ?? null;
      const policy = joinedPolicies(own === null ? documents : [...documents, own]);
      facts.resources.say(arn, { accountId, policy }, facts.logPolicies.firstPlace(key));
    }
  }
}

function isIn(arn: string, accountId: string, region: string): boolean {
  const parsed = parseArn(arn);
  return parsed?.accountId === accountId && parsed.region === region;
}

/** Null: it cannot be read. */
function statementsOf(document: string): readonly JsonObject[] | null {
  try {
    const json = JSON.parse(document) as JsonValue;
    const statement = isJsonObject(json) ? json['Statement'] : undefined;
    if (statement === undefined) return null;
    const statements: readonly JsonValue[] = Array.isArray(statement) ? statement : [statement];
    const objects = statements.filter(isJsonObject);
    return objects.length === statements.length ? objects : null;
  } catch {
    return null;
  }
}

function namedGroups(document: string): readonly string[] {
  return (statementsOf(document) ?? [])
    .flatMap((statement) => statement['Resource'] ?? [])
    .filter((resource) => typeof resource === 'string')
    .map((resource) => /^(arn:[a-z-]+:logs:[a-z0-9-]+:\d{12}:log-group:[\w./#-]+)(?::\*)?$/.exec(resource)?.[1])
    .filter((arn) => arn !== undefined);
}

/** One document with the statements of all: what one of them allows or denies, they do together. Null: there is none. */
export function joinedPolicies(documents: readonly string[]): string | null {
  const [only, ...others] = documents;
  if (only === undefined || others.length === 0) return only ?? null;
  const statements: JsonValue[] = [];
  for (const document of documents) {
    const read = statementsOf(document);
    // Without it, a Deny in it would be missing and nobody would know; stored alone, decisions name it.
    if (read === null) return document;
    // Ids of statements need be unique in one document only.
    for (const statement of read) statements.push(withoutMember(statement, 'Sid'));
  }
  return storable(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}

function withoutMember(value: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([member]) => member !== name));
}
