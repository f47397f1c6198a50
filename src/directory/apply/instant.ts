import { InvalidInput } from '../../policy/errors.ts';

/** Milliseconds since 1970; null: not given. Throws InvalidInput; `where` names the entity. */
export function instant(text: string | undefined, where: string): number | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidInput('document', `${where}: \`${text}\` is no instant in ISO 8601`);
  return time;
}

/**
 * When an entity was created: as given, else as stored, else null. AWS prints whole seconds: those of the stored instant mean
 * that instant, so that what was printed can be read again without a change.
 */
export function createdAtOf(text: string | undefined, stored: number | undefined, where: string): number | null {
  const given = instant(text, where);
  if (given === null || stored === undefined) return given ?? stored ?? null;
  return given === Math.floor(stored / 1000) * 1000 ? stored : given;
}
