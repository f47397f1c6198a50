import { isStorable } from '../../directory/storable.ts';
import { ValidationError } from '../../session/errors.ts';
import type { Parameter } from './parameters.ts';
import { membersOf, memberType, type ServiceName } from './shapes.ts';

/**
 * The input of an operation from the parameters of its request, by its structure: only names of the structure are read, and
 * objects have no prototype. Throws ValidationError, in AWS's words, for values of a wrong type and members that are missing.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readInput(service: ServiceName, name: string | null, parameters: Parameter): object {
  return name === null ? {} : readStructure(service, name, parameters, '');
}

function readStructure(service: ServiceName, name: string, parameter: Parameter, place: string): object {
  const read: Record<string, unknown> = Object.create(null);
  for (const [member, text] of membersOf(service, name)) {
    const given = parameter.below.get(member);
    const at = place === '' ? lowerFirst(member) : `${place}.${lowerFirst(member)}`;
    if (given !== undefined) read[member] = readValue(service, text, given, at);
    else if (memberType(text).required) throw violated('null', at, 'Member must not be null');
  }
  return read;
}

function readValue(service: ServiceName, type: string, parameter: Parameter, place: string): unknown {
  const { kind, of } = memberType(type);
  switch (kind) {
    case 'scalar':
      return readScalar(of, scalarOf(parameter, place), place);
    case 'list':
      return entriesOf(parameter, 'member', place, 'a list').map(([index, entry]) =>
        readValue(service, of, entry, `${place}.${index}.member`),
      );
    case 'map':
      return readMap(service, of, parameter, place);
    case 'structure':
      if (parameter.value !== null) throw notA(place, 'a structure');
      return readStructure(service, of, parameter, place);
    default:
      return kind satisfies never;
  }
}

function readMap(service: ServiceName, type: string, parameter: Parameter, place: string): object {
  const read: Record<string, unknown> = Object.create(null);
  for (const [index, { below }] of entriesOf(parameter, 'entry', place, 'a map')) {
    const [key, value] = [below.get('key'), below.get('value')];
    const at = `${place}.${index}`;
    if (key === undefined || value === undefined) throw notA(at, 'an entry with key and value');
    const name = scalarOf(key, `${at}.key`);
    if (name in read) throw notA(at, 'an entry with a key of its own');
    read[name] = readValue(service, type, value, `${at}.value`);
  }
  return read;
}

/** An index longer than this is none. */
const INDEX = /^\d{1,9}$/;

/**
 * `Name.member.1`, `Name.member.2` … in the order of their numbers; `Name=` is an empty list. Anything else below the name is
 * refused: a session policy, or a tag, that was meant would be missing.
 */
function entriesOf(
  { value, below }: Parameter,
  word: 'member' | 'entry',
  place: string,
  what: string,
): readonly (readonly [number, Parameter])[] {
  const named = below.get(word);
  const others = below.size - (named === undefined ? 0 : 1);
  const isEmpty = value === '' && below.size === 0;
  if ((value !== null && !isEmpty) || others > 0 || (named !== undefined && named.value !== null)) {
    throw notA(place, `${what}: its entries are named \`${word}.1\`, \`${word}.2\` …`);
  }
  const entries: (readonly [number, Parameter])[] = [];
  for (const [index, entry] of named?.below ?? []) {
    if (!INDEX.test(index)) throw notA(place, `${what}: its entries are named \`${word}.1\`, \`${word}.2\` …`);
    entries.push([Number(index), entry]);
  }
  entries.sort(([a], [b]) => a - b);
  for (const [position, [index]] of entries.entries()) {
    if (position > 0 && entries[position - 1]?.[0] === index) throw notA(place, `${what}: an entry is given twice`);
  }
  return entries;
}

function scalarOf({ value, below }: Parameter, place: string): string {
  if (value === null || below.size > 0) throw notA(place, 'a value');
  return value;
}

/** As Smithy's `date-time`: RFC 3339. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function readScalar(type: string, text: string, place: string): unknown {
  switch (type) {
    case 'number':
      if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
      throw violated(quoted(text), place, 'Member must be a number');
    case 'boolean':
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
      throw violated(quoted(text), place, 'Member must be a boolean');
    case 'time': {
      const time = new Date(INSTANT.test(text) ? text : Number.NaN);
      if (Number.isFinite(time.getTime())) return time;
      throw violated(quoted(text), place, 'Member must be an instant, such as 2026-11-26T12:00:00Z');
    }
    case 'blob':
      if (BASE64.test(text)) return Buffer.from(text, 'base64');
      throw violated(quoted(text), place, 'Member must be base64');
    default:
      // Nothing that is stored or asked for can hold it: no operation has to think of it.
      if (isStorable(text)) return text;
      throw violated(quoted(text), place, 'Member must not contain U+0000');
  }
}

/** AWS's sentence about a parameter. `place`: as AWS writes it: `roleSessionName`, `tags.1.member.key`. */
export function violated(value: string, place: string, constraint: string): ValidationError {
  const message = `1 validation error detected: Value ${value} at '${place}' failed to satisfy constraint: ${constraint}`;
  return new ValidationError(message, place);
}

/** Throws ValidationError for a text of more characters. */
export function checkLength(text: string, place: string, most: number): void {
  if (text.length > most) {
    throw violated(quoted(text), place, `Member must have length less than or equal to ${most}`);
  }
}

const SHOWN = 100;

/** A value that an error repeats. */
export function quoted(text: string): string {
  return `'${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}'`;
}

function notA(place: string, what: string): ValidationError {
  return new ValidationError(`The parameter '${place}' must be ${what}`, place);
}

function lowerFirst(name: string): string {
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
}
