import { percentEncoded } from './percent-encoded.ts';
import { membersOf, memberType, namespaceOf, SERVICES, type ServiceName } from './shapes.ts';
import { element, xmlText } from './xml.ts';

/** Members of IAM's answers that hold policy documents: AWS percent-encodes them (RFC 3986). */
const DOCUMENTS = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'Document']);

type Values = Readonly<Record<string, unknown>>;

/**
 * The answer of an operation as XML, by the structure of its output. Members without a value are left out, and so are
 * values that the structure does not have. Operations without output have only `ResponseMetadata`.
 */
export function writeXml(service: ServiceName, operation: string, output: object, requestId: string): string {
  const [, name] = SERVICES[service].operations[operation] ?? [];
  const result =
    name == null ? '' : `<${operation}Result>${membersXml(service, name, asValues(output))}</${operation}Result>`;
  const metadata = element('ResponseMetadata', element('RequestId', xmlText(requestId)));
  return element(`${operation}Response`, `${result}${metadata}`, ` xmlns="${namespaceOf(service)}"`);
}

/** As `writeXml`, as JSON: for clients that ask for it, such as the authenticator of EKS. */
export function writeJson(service: ServiceName, operation: string, output: object, requestId: string): string {
  const [, name] = SERVICES[service].operations[operation] ?? [];
  const result = name == null ? {} : { [`${operation}Result`]: structureJson(service, name, asValues(output)) };
  return JSON.stringify({ [`${operation}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } } });
}

function membersXml(service: ServiceName, name: string, values: Values): string {
  let xml = '';
  for (const [member, type] of membersOf(service, name)) {
    const value = values[member];
    if (value == null) continue;
    xml += element(member, valueXml(service, type, encoded(service, member, value)));
  }
  return xml;
}

function valueXml(service: ServiceName, type: string, value: unknown): string {
  const { kind, of } = memberType(type);
  switch (kind) {
    case 'scalar':
      return xmlText(scalarText(of, value));
    case 'list':
      return asList(value)
        .map((entry) => element('member', valueXml(service, of, entry)))
        .join('');
    case 'map':
      return Object.entries(asValues(value))
        .map(([key, entry]) =>
          element('entry', `${element('key', xmlText(key))}${element('value', valueXml(service, of, entry))}`),
        )
        .join('');
    case 'structure':
      return membersXml(service, of, asValues(value));
    default:
      return kind satisfies never;
  }
}

function structureJson(service: ServiceName, name: string, values: Values): object {
  const entries: [string, unknown][] = [];
  for (const [member, type] of membersOf(service, name)) {
    const value = values[member];
    if (value != null) entries.push([member, valueJson(service, type, encoded(service, member, value))]);
  }
  return Object.fromEntries(entries);
}

function valueJson(service: ServiceName, type: string, value: unknown): unknown {
  const { kind, of } = memberType(type);
  switch (kind) {
    case 'scalar':
      // AWS gives seconds since 1970.
      return of === 'time' ? Math.floor(Number(value) / 1000) : of === 'blob' ? scalarText(of, value) : value;
    case 'list':
      return asList(value).map((entry) => valueJson(service, of, entry));
    case 'map':
      return Object.fromEntries(
        Object.entries(asValues(value)).map(([key, entry]) => [key, valueJson(service, of, entry)]),
      );
    case 'structure':
      return structureJson(service, of, asValues(value));
    default:
      return kind satisfies never;
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
