import { MAX_CONTEXT_KEYS, parseRequestContext } from '../evaluation/context.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { isList, type JsonObject, type JsonValue } from '../policy/json.ts';

/** What a request says besides its names. */
export interface Said {
  /** Of the subject. */
  readonly subject: JsonObject;
  /** Of the action. */
  readonly action: JsonObject;
  /** Of the resource. */
  readonly resource: JsonObject;
  readonly context: JsonObject;
}

/** Condition keys, and what could be none. */
export interface Keys {
  readonly context: RequestContext;
  /** Places of values that no condition key can have, at most MOST_IGNORED: `subject.properties.roles`. */
  readonly ignored: readonly string[];
}

/** Reads what entries of one request say. Throws InvalidInput and LIMIT_EXCEEDED. */
export type KeyReader = (said: Said) => Keys;

const MOST_IGNORED = 20;
/** Greatest length of a name in an answer, in characters. */
const SHOWN = 100;
/**
 * Characters of all condition keys of a request, as its entries have them. Entries that differ can share a large context, which a
 * small request names once: ten thousand entries with twenty ordinary keys each have a third of this.
 */
const MOST_CHARACTERS = 50_000_000;
/** Added for each value. */
const OF_A_VALUE = 16;

/** Condition keys of one member of an entry. */
interface Part extends Keys {
  /** Differs from part to part of the request. */
  readonly id: number;
  readonly characters: number;
}

/** How the members of a part become condition keys: by their names, places, and whether a list is a value. */
const FORMS: Readonly<Record<keyof Said, readonly [prefix: string, place: string, lists: boolean]>> = {
  subject: ['aws:PrincipalTag/', 'subject.properties.', false],
  resource: ['aws:ResourceTag/', 'resource.properties.', false],
  action: ['authzen:', 'action.properties.', true],
  context: ['', 'context.', true],
};
const MEMBERS = ['subject', 'resource', 'action', 'context'] as const;

/**
 * Properties and context as condition keys: those of the subject are `aws:PrincipalTag/k`, those of the resource `aws:ResourceTag/k`,
 * those of the action `authzen:k`; members of the context are keys if their names have a colon. Objects and null are no values of
 * condition keys, lists none of tags. The reader throws InvalidInput for a key that is given twice, and beyond the limits of a
 * context, and LIMIT_EXCEEDED beyond that of the whole request. What several entries share (the same object) is read once.
 */
export function conditionKeyReader(): KeyReader {
  const parts = new Map<JsonObject, Part | RolegateError>();
  const whole = new Map<string, Keys>();
  let characters = 0;
  const partOf = (member: keyof Said, json: JsonObject): readonly Part[] => {
    if (Object.keys(json).length === 0) return [];
    const known = parts.get(json) ?? readPart(member, json, parts.size);
    parts.set(json, known);
    if (known instanceof RolegateError) throw known;
    return [known];
  };
  return (said) => {
    const found = MEMBERS.flatMap((member) => partOf(member, said[member]));
    const key = found.map(({ id }) => id).join(' ');
    const known = whole.get(key);
    if (known !== undefined) return known;
    for (const part of found) characters += part.characters;
    if (characters > MOST_CHARACTERS) throw tooMuch();
    const keys = together(found);
    whole.set(key, keys);
    return keys;
  };
}

function tooMuch(): RolegateError {
  const message = `the condition keys of the request, as its entries have them, have more than ${MOST_CHARACTERS} characters: send fewer entries`;
  return new RolegateError('LIMIT_EXCEEDED', message, { field: 'context' });
}

function readPart(member: keyof Said, json: JsonObject, id: number): Part | RolegateError {
  const [prefix, place, lists] = FORMS[member];
  const keys: [string, JsonValue][] = [];
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (member === 'context' && !name.includes(':')) continue;
    if (isValue(value, lists)) keys.push([prefix + name, value]);
    else if (ignored.length < MOST_IGNORED) ignored.push(cut(place + name, '…'));
  }
  try {
    const context = parseRequestContext(Object.fromEntries(keys), 'context');
    return { context, ignored, id, characters: charactersOf(context) };
  } catch (error) {
    if (error instanceof RolegateError) return error;
    throw error;
  }
}

function together(parts: readonly Part[]): Keys {
  const ignored = parts.flatMap((part) => part.ignored).slice(0, MOST_IGNORED);
  const [first, ...others] = parts.map(({ context }) => context).filter(({ size }) => size > 0);
  if (first === undefined || others.length === 0) return { context: first ?? NO_KEYS, ignored };
  const context = new Map(first);
  for (const other of others) {
    for (const [name, value] of other) {
      if (context.has(name)) throw new InvalidInput('context', `the condition key \`${cut(name)}\` is given twice`);
      context.set(name, value);
    }
  }
  if (context.size <= MAX_CONTEXT_KEYS) return { context, ignored };
  throw new InvalidInput('context', `\`context\` has ${context.size} condition keys, the limit is ${MAX_CONTEXT_KEYS}`);
}

const NO_KEYS: RequestContext = new Map();

function charactersOf(context: RequestContext): number {
  let characters = 0;
  for (const [name, value] of context) {
    characters += name.length;
    for (const text of typeof value === 'string' ? [value] : value) characters += text.length + OF_A_VALUE;
  }
  return characters;
}

function cut(text: string, end = ''): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}${end}` : text;
}

function isValue(value: JsonValue, lists: boolean): boolean {
  if (isList(value)) return lists && value.every((each) => typeof each !== 'object');
  return typeof value !== 'object';
}
