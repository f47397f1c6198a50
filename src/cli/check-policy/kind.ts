import { isList, isObject, type JsonObject, type JsonValue } from '../../policy/json.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { decoded } from '../../policy/refused-policy.ts';

/**
 * The kind that a document most likely has: one that names principals is the policy of a resource, and of a role if it is about sts
 * alone and names no resource; any other one is an identity policy.
 */
export function likelyKind(text: string): PolicyKind {
  const statements = statementsOf(text);
  const names = statements.some((statement) => 'Principal' in statement || 'NotPrincipal' in statement);
  if (!names) return 'identity';
  const isTrust = statements.every(
    (statement) => !('Resource' in statement) && !('NotResource' in statement) && isAboutSessions(statement['Action']),
  );
  return isTrust ? 'trust' : 'resource';
}

/** Whether a document has an Allow. One that has none can be a control policy: only its kind says what it grants. */
export function allows(text: string): boolean {
  return statementsOf(text).some((statement) => statement['Effect'] === 'Allow');
}

function isAboutSessions(action: JsonValue | undefined): boolean {
  const list = isList(action) ? action : [action];
  return list.every((one) => typeof one === 'string' && /^sts:/i.test(one));
}

function statementsOf(text: string): readonly JsonObject[] {
  let json: JsonValue;
  try {
    json = JSON.parse(decoded(text)) as JsonValue;
  } catch {
    // A finding says that it is no JSON.
    return [];
  }
  const statement = isObject(json) ? json['Statement'] : undefined;
  return (isList(statement) ? statement : [statement]).filter((one) => isObject(one));
}
