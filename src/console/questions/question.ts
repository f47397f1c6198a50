/** A question as its address holds it. */
export interface Question {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Empty: as itself. */
  readonly role: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Values that are secrets between two parties: they are asked for again, and stand in no address. */
const SECRET_KEYS: readonly string[] = ['sts:externalid'];

export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.includes(key.toLowerCase());
}

/** What an address asks; null: not everything that a question has. */
export function questionIn(query: Readonly<Record<string, string>>): Question | null {
  const { principal = '', action = '', resource = '', role = '' } = query;
  if (principal === '' || action === '' || resource === '') return null;
  return { principal, action, resource, role, context: contextIn(query['context'] ?? '') };
}

export function contextIn(text: string): Question['context'] {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The address of a question, without secrets. */
export function addressOf({ principal, action, resource, role, context }: Question): string {
  const told = Object.entries(context).filter(([key]) => !isSecretKey(key));
  const query = new URLSearchParams({
    principal,
    action,
    resource,
    ...(role !== '' && { role }),
    ...(told.length > 0 && { context: JSON.stringify(Object.fromEntries(told)) }),
  });
  return `/ask?${query.toString()}`;
}

/** Arguments of `decision`. */
export function requestOf({ principal, action, resource, role, context }: Question) {
  return {
    principal,
    action,
    resource,
    ...(role !== '' && { assumedRole: role }),
    ...(Object.keys(context).length > 0 && { context: { ...context } }),
  };
}

/** A value of a condition key as it is typed: a text, or a list in brackets. */
export function typedValue(text: string): unknown {
  if (!text.trim().startsWith('[')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
