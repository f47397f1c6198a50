import { isObject, type JsonObject, type JsonValue } from '../../policy/json.ts';

type Bindings = Readonly<Record<string, string>>;

/**
 * A trust policy as AWS prints it: principals that it names and that were deleted since have their unique ids, so that nobody
 * takes them for others of the same names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
 */
export function boundTrust(text: string, bindings: Bindings): string {
  if (Object.keys(bindings).length === 0) return text;
  let policy: JsonValue;
  try {
    policy = JSON.parse(text);
  } catch {
    return text;
  }
  if (!isObject(policy)) return text;
  const statements = policy['Statement'] ?? [];
  const bound = Array.isArray(statements)
    ? statements.map((statement) => boundStatement(statement, bindings))
    : boundStatement(statements, bindings);
  return JSON.stringify({ ...policy, Statement: bound });
}

function boundStatement(statement: JsonValue, bindings: Bindings): JsonValue {
  if (!isObject(statement)) return statement;
  const entries = Object.entries(statement).map(([name, value]): [string, JsonValue] =>
    /^(?:Not)?Principal$/.test(name) && isObject(value) ? [name, boundPrincipals(value, bindings)] : [name, value],
  );
  return Object.fromEntries(entries);
}

function boundPrincipals(principals: JsonObject, bindings: Bindings): JsonObject {
  const idOf = (name: JsonValue): JsonValue =>
    typeof name === 'string' && Object.hasOwn(bindings, name) ? (bindings[name] ?? name) : name;
  const entries = Object.entries(principals).map(([type, names]): [string, JsonValue] => [
    type,
    Array.isArray(names) ? names.map(idOf) : idOf(names),
  ]);
  return Object.fromEntries(entries);
}
