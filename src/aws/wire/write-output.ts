import type { Steps } from '../../policy/steps.ts';
import { percentEncoded } from './percent-encoded.ts';
import { Pieces, UNITS } from './pieces.ts';
import { membersOf, memberType, namespaceOf, SERVICES, type ServiceName } from './shapes.ts';
import { element, xmlText } from './xml.ts';

/** Members of IAM's answers that hold policy documents: AWS percent-encodes them (RFC 3986). */
const DOCUMENTS = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'Document']);

type Values = Readonly<Record<string, unknown>>;

/**
 * The answer of an operation as XML, by the structure of its output. Members without a value are left out, and so are
 * values that the structure does not have. Operations without output have only `ResponseMetadata`.
 */
export function* writeXml(
  service: ServiceName,
  operation: string,
  output: object,
  requestId: string,
): Steps<readonly Buffer[]> {
  const [, name] = SERVICES[service].operations[operation] ?? [];
  const out = new Pieces();
  out.add(`<${operation}Response xmlns="${namespaceOf(service)}">`);
  if (name != null) {
    out.add(`<${operation}Result>`);
    yield* membersXml(out, service, name, asValues(output));
    out.add(`</${operation}Result>`);
  }
  const metadata = element('ResponseMetadata', element('RequestId', xmlText(requestId)));
  out.add(`${metadata}</${operation}Response>`);
  return out.bytes;
}

/** As `writeXml`, as JSON: for clients that ask for it, such as the authenticator of EKS. */
export function* writeJson(
  service: ServiceName,
  operation: string,
  output: object,
  requestId: string,
): Steps<readonly Buffer[]> {
  const [, name] = SERVICES[service].operations[operation] ?? [];
  const out = new Pieces();
  out.add(`{"${operation}Response":{`);
  if (name != null) {
    out.add(`"${operation}Result":`);
    yield* structureJson(out, service, name, asValues(output));
    out.add(',');
  }
  out.add(`"ResponseMetadata":${JSON.stringify({ RequestId: requestId })}}}`);
  return out.bytes;
}

function* membersXml(out: Pieces, service: ServiceName, name: string, values: Values): Steps<void> {
  for (const [member, type] of membersOf(service, name)) {
    const value = values[member];
    if (value != null) yield* elementXml(out, member, service, type, encoded(service, member, value));
  }
}

function* elementXml(out: Pieces, name: string, service: ServiceName, type: string, value: unknown): Steps<void> {
  const { kind, of } = memberType(type);
  if (kind === 'scalar') {
    out.add(element(name, xmlText(scalarText(of, value))));
    return;
  }
  out.open(name);
  switch (kind) {
    case 'list':
      for (const entry of asList(value)) {
        yield* elementXml(out, 'member', service, of, entry);
        if (out.isCut()) yield UNITS;
      }
      break;
    case 'map':
      for (const [key, entry] of Object.entries(asValues(value))) {
        out.open('entry');
        out.add(element('key', xmlText(key)));
        yield* elementXml(out, 'value', service, of, entry);
        out.close('entry');
      }
      break;
    case 'structure':
      yield* membersXml(out, service, of, asValues(value));
      break;
    default:
      kind satisfies never;
  }
  out.close(name);
}

function* structureJson(out: Pieces, service: ServiceName, name: string, values: Values): Steps<void> {
  let before = '{';
  for (const [member, type] of membersOf(service, name)) {
    const value = values[member];
    if (value == null) continue;
    out.add(`${before}"${member}":`);
    before = ',';
    yield* valueJson(out, service, type, encoded(service, member, value));
  }
  out.add(before === '{' ? '{}' : '}');
}

function* valueJson(out: Pieces, service: ServiceName, type: string, value: unknown): Steps<void> {
  const { kind, of } = memberType(type);
  switch (kind) {
    case 'scalar': {
      // AWS gives seconds since 1970.
      const given = of === 'time' ? Math.floor(Number(value) / 1000) : of === 'blob' ? scalarText(of, value) : value;
      out.add(JSON.stringify(given) ?? 'null');
      return;
    }
    case 'list': {
      let before = '[';
      for (const entry of asList(value)) {
        out.add(before);
        before = ',';
        yield* valueJson(out, service, of, entry);
        if (out.isCut()) yield UNITS;
      }
      out.add(before === '[' ? '[]' : ']');
      return;
    }
    case 'map': {
      let before = '{';
      for (const [key, entry] of Object.entries(asValues(value))) {
        out.add(`${before}${JSON.stringify(key)}:`);
        before = ',';
        yield* valueJson(out, service, of, entry);
      }
      out.add(before === '{' ? '{}' : '}');
      return;
    }
    case 'structure':
      yield* structureJson(out, service, of, asValues(value));
      return;
    default:
      kind satisfies never;
  }
}

function encoded(service: ServiceName, member: string, value: unknown): unknown {
  return service === 'iam' && typeof value === 'string' && DOCUMENTS.has(member) ? percentEncoded(value) : value;
}

function scalarText(type: string, value: unknown): string {
  if (type === 'time' && value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z');
  if (type === 'blob' && value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

function asValues(value: unknown): Values {
  // as: outputs have the types of the SDK, from which the shapes are made
  return value as Values;
}

function asList(value: unknown): readonly unknown[] {
  return value as readonly unknown[]; // as: see asValues
}
