import { ValidationError } from '../../session/errors.ts';
import type { Parameter } from './parameters.ts';
import { memberType, type ServiceName, structureOf } from './shapes.ts';

/**
 * The input of an operation from the parameters of its request, by its structure: only names of the structure are read, and
 * objects have no prototype. Throws ValidationError, in AWS's words, for values of a wrong type and members that are missing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html (the protocol)
 */
export function readInput(service: ServiceName, name: string | null, parameters: Parameter): object {
  return name === null ? {} : readStructure(service, name, parameters, '');
}

function readStructure(service: ServiceName, name: string, parameter: Parameter, place: string): object {
  const read: Record<string, unknown> = Object.create(null);
  for (const [member, text] of Object.entries(structureOf(service, name))) {
    const { required } = memberType(text);
    const given = parameter.below.get(member);
    const at = place === '' ? lowerFirst(member) : `${place}.${lowerFirst(member)}`;
    if (given !== undefined) read[member] = readValue(service, text, given, at);
    else if (required) {
      throw violated('null', at, 'Member must not be null');
    }
  }
  return read;
}

function readValue(service: ServiceName, type: string, parameter: Parameter, place: string): unknown {
  const { kind, of } = memberType(type);
  if (kind === 'scalar') {
    if (parameter.value === null || parameter.below.size > 0) throw notA(place, 'a value');
    return readScalar(of, parameter.value, place);
  }
  if (kind === 'list') return readList(service, of, parameter, place);
  if (parameter.value !== null) throw notA(place, kind === 'map' ? 'a map' : 'a structure');
  if (kind === 'structure') return readStructure(service, of, parameter, place);
  // No operation that is served takes a map.
  return {};
}

/** An index longer than this is none. */
const INDEX = /^\d{1,9}$/;

/** `Name.member.1`, `Name.member.2` … in the order of their numbers; `Name=` is an empty list. */
function readList(service: ServiceName, type: string, parameter: Parameter, place: string): unknown[] {
  if (parameter.value !== null && (parameter.value !== '' || parameter.below.size > 0)) throw notA(place, 'a list');
  const entries: (readonly [number, Parameter])[] = [];
  for (const [index, entry] of parameter.below.get('member')?.below ?? []) {
    if (!INDEX.test(index)) throw notA(place, 'a list: its entries are named `member.1`, `member.2` …');
    entries.push([Number(index), entry]);
  }
  entries.sort(([a], [b]) => a - b);
  for (const [position, [index]] of entries.entries()) {
    if (position > 0 && entries[position - 1]?.[0] === index) throw notA(place, 'a list: an entry is given twice');
  }
  return entries.map(([index, entry]) => readValue(service, type, entry, `${place}.${index}.member`));
}

function readScalar(type: string, text: string, place: string): unknown {
  switch (type) {
    case 'number':
      if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
      throw violated(quoted(text), place, 'Member must be a number');
    case 'boolean':
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
      throw violated(quoted(text), place, 'Member must be a boolean');
    case 'time': {
      const time = new Date(text);
      if (Number.isFinite(time.getTime())) return time;
      throw violated(quoted(text), place, 'Member must be an instant');
    }
    default:
      return text;
  }
}

/** AWS's sentence about a parameter. `place`: as AWS writes it: `roleSessionName`, `tags.1.member.key`. */
export function violated(value: string, place: string, constraint: string): ValidationError {
  const message = `1 validation error detected: Value ${value} at '${place}' failed to satisfy constraint: ${constraint}`;
  return new ValidationError(message, place);
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
