import { InvalidInput } from '../../policy/errors.ts';

/** Milliseconds since 1970; null: not given. Throws InvalidInput; `where` names the entity. */
export function instant(text: string | undefined, where: string): number | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidInput('document', `${where}: \`${text}\` is no instant in ISO 8601`);
  return time;
}
