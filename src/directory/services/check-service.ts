import type { Catalog } from '../../catalog/catalog.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { PARTITIONS } from '../../policy/regions.ts';
import type { OwnServiceInput } from '../document.ts';
import { isStorable } from '../storable.ts';
import { TAG_KEYS } from './own-service.ts';

/** Services in a directory, and actions of all of them together. */
export const MOST_SERVICES = 100;
export const MOST_ACTIONS_OF_ALL = 10_000;
/** What one service may have. */
const MOST = { actions: 500, resourceTypes: 50, conditionKeys: 200 } as const;
/** Types, or keys, that an action or a type may name. */
const MOST_NAMED = 50;
const LONGEST_NAME = 128;
const LONGEST_PATTERN = 512;
const MOST_PLACEHOLDERS = 8;

const PREFIX = /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const ACTION = /^[A-Za-z][A-Za-z0-9]{0,127}$/;
const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;
const KEY_REST = /^[A-Za-z][A-Za-z0-9_.-]*(?:\/(?:\$\{[A-Za-z][A-Za-z0-9]*\}|[A-Za-z0-9_.-]+))?$/;
const KEY_TYPES = ['String', 'ARN', 'Numeric', 'Bool', 'Date', 'IPAddress'].flatMap((type) => [type, `ArrayOf${type}`]);
const LEVELS: readonly string[] = ['LIST', 'READ', 'WRITE', 'TAGGING', 'PERMISSIONS_MANAGEMENT'];

/** `field`: where the service stands, with a dot behind it, as the client wrote it; empty: nowhere. */
type Place = string;

function wrong(field: string, message: string): InvalidInput {
  return new InvalidInput(field, `\`${field}\`: ${message}`);
}

function quoted(text: string): string {
  return `\`${text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text}\``;
}

/** Throws InvalidInput for a prefix that nobody can have: AWS's, the gateway's, and those that AWS could have. */
export function checkPrefix(prefix: string, aws: Catalog, field: string): void {
  if (!PREFIX.test(prefix))
    throw wrong(field, `${quoted(prefix)} is not 2 to 63 lower-case letters, digits and hyphens, a letter first`);
  if (prefix.startsWith('aws') || prefix === 'authzen' || prefix === 'rolegate')
    throw wrong(field, `${quoted(prefix)} is reserved: \`aws…\`, \`authzen\` and \`rolegate\` cannot be registered`);
  if (aws.service(prefix) !== null || arnServices(aws).has(prefix))
    throw wrong(field, `AWS has a service or ARNs with the prefix ${quoted(prefix)}`);
}

/** What the third parts of AWS's ARNs are. Reads the whole catalogue, once. */
function arnServices(aws: Catalog): ReadonlySet<string> {
  const known = ofArns.get(aws);
  if (known !== undefined) return known;
  const types = aws.services().flatMap((key) => aws.service(key)?.resourceTypes ?? []);
  const found = new Set(types.flatMap(({ arns }) => arns.map((arn) => arn.split(':', 3)[2] ?? '')));
  ofArns.set(aws, found);
  return found;
}

const ofArns = new WeakMap<Catalog, ReadonlySet<string>>();

/** Throws InvalidInput with the place of the first fault in a service whose prefix is right. */
export function checkService(service: OwnServiceInput, at: Place): void {
  const { prefix, name, actions, resourceTypes = [], conditionKeys = [] } = service;
  if (name.trim() === '' || name.length > LONGEST_NAME || !isStorable(name))
    throw wrong(`${at}name`, `a name has 1 to ${LONGEST_NAME} characters`);
  checkCounts(service, at);
  const keys = checkKeys(prefix, conditionKeys, `${at}conditionKeys`);
  const types = new Set<string>();
  for (const [index, type] of resourceTypes.entries()) {
    const place = `${at}resourceTypes[${index}]`;
    if (!TYPE.test(type.name)) throw wrong(`${place}.name`, `${quoted(type.name)} is no name of a resource type`);
    if (types.has(type.name)) throw wrong(`${place}.name`, `there are two types ${quoted(type.name)}`);
    types.add(type.name);
    checkPattern(prefix, type.arnPattern, `${place}.arnPattern`);
    checkNamed(type.conditionKeys ?? [], keys, 'condition key', `${place}.conditionKeys`);
  }
  const names = new Set<string>();
  for (const [index, action] of actions.entries()) {
    const place = `${at}actions[${index}]`;
    if (!ACTION.test(action.name))
      throw wrong(`${place}.name`, `${quoted(action.name)} is not 1 to 128 letters and digits, a letter first`);
    if (names.has(action.name.toLowerCase()))
      throw wrong(`${place}.name`, `there are two actions ${quoted(action.name)}, which are compared without case`);
    names.add(action.name.toLowerCase());
    if (!LEVELS.includes(action.accessLevel)) throw wrong(`${place}.accessLevel`, 'it is no access level');
    checkNamed(action.resourceTypes ?? [], types, 'resource type', `${place}.resourceTypes`);
    checkNamed(action.conditionKeys ?? [], keys, 'condition key', `${place}.conditionKeys`);
  }
}

function checkCounts(service: OwnServiceInput, at: Place): void {
  if (service.actions.length === 0) throw wrong(`${at}actions`, 'a service has at least one action');
  for (const [list, most] of Object.entries(MOST) as [keyof typeof MOST, number][]) {
    const { length } = service[list] ?? [];
    if (length > most) throw wrong(`${at}${list}`, `${length} entries; the limit is ${most}`);
  }
}

function checkKeys(
  prefix: string,
  keys: NonNullable<OwnServiceInput['conditionKeys']>,
  field: string,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, { name, type }] of keys.entries()) {
    const rest = name.startsWith(`${prefix}:`) ? name.slice(prefix.length + 1) : '';
    if (name.length > LONGEST_NAME || !KEY_REST.test(rest))
      throw wrong(
        `${field}[${index}].name`,
        `${quoted(name)} is no condition key of the service, such as \`${prefix}:Channel\` or \`${prefix}:Label/\${Name}\``,
      );
    if (names.has(name.toLowerCase())) throw wrong(`${field}[${index}].name`, `there are two keys ${quoted(name)}`);
    names.add(name.toLowerCase());
    if (!KEY_TYPES.includes(type))
      throw wrong(`${field}[${index}].type`, `${quoted(type)} is no type of condition keys`);
  }
  return new Set([...keys.map(({ name }) => name), ...TAG_KEYS.keys()]);
}

function checkNamed(names: readonly string[], known: ReadonlySet<string>, noun: string, field: string): void {
  if (names.length > MOST_NAMED) throw wrong(field, `${names.length} entries; the limit is ${MOST_NAMED}`);
  for (const [index, name] of names.entries()) {
    if (!known.has(name)) throw wrong(`${field}[${index}]`, `the service has no ${noun} ${quoted(name)}`);
    if (names.indexOf(name) !== index) throw wrong(`${field}[${index}]`, `${quoted(name)} is there twice`);
  }
}

const PLACEHOLDER = /\$\{[A-Za-z][A-Za-z0-9]*\}/g;
/** What stands between placeholders: printable characters of ARNs without wildcards. */
const LITERAL = /^[A-Za-z0-9_+=,.@:/#!()~-]*$/;
const REGION = /^(?:\$\{Region\}|[a-z0-9-]*)$/;
const ACCOUNT = /^(?:\$\{Account\}|[0-9]{12})?$/;

/** The pattern of the ARNs of a type: literal text and placeholders, which match any text. */
function checkPattern(prefix: string, pattern: string, field: string): void {
  const form = `\`arn:\${Partition}:${prefix}:\${Region}:\${Account}:order/\${OrderId}\``;
  if (pattern.length > LONGEST_PATTERN)
    throw wrong(field, `${pattern.length} characters; the limit is ${LONGEST_PATTERN}`);
  const [arn, partition = '', service, region = '', account = '', ...rest] = pattern.split(':');
  const resource = rest.join(':');
  const isPartition = partition === '${Partition}' || PARTITIONS.includes(partition);
  if (arn !== 'arn' || !isPartition || service !== prefix || !REGION.test(region) || !ACCOUNT.test(account))
    throw wrong(field, `${quoted(pattern)} is not of the form ${form}`);
  const literals = resource.split(PLACEHOLDER);
  if (literals.length - 1 > MOST_PLACEHOLDERS)
    throw wrong(field, `more than ${MOST_PLACEHOLDERS} placeholders after the account`);
  if (resource === '' || literals.some((text) => !LITERAL.test(text)))
    throw wrong(
      field,
      `${quoted(pattern)} has something else than text and placeholders (\`\${OrderId}\`) after the account`,
    );
  if (literals.slice(1, -1).includes('')) throw wrong(field, 'two placeholders stand next to each other');
}
