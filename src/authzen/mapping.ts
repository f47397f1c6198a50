import { checkAction } from '../access/check-action.ts';
import type { OpenQuestion, Question, Subject } from '../access/question.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { parseArn } from '../policy/arn.ts';
import { type InvalidInput, RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import type { KeyReader } from './condition-keys.ts';
import type { Action, Asked, Entity } from './entities.ts';
import { type NameTable, UnknownName } from './names.ts';

/** A question, and what of its request is no part of it. */
export interface Mapped<Q> {
  readonly question: Q;
  readonly ignored: readonly string[];
}

/** What names mean, in the operator's table and in the catalogue of AWS's actions, and how one request's properties are read. */
export interface Vocabulary {
  readonly table: NameTable;
  readonly catalog: Catalog;
  readonly keysOf: KeyReader;
}

/** Names of the request in errors about a question. */
const FIELDS = { principal: 'subject.id', action: 'action.name', resource: 'resource.id', resourceAccount: 'account' };

/** The question of an evaluation. Throws UnknownName, and InvalidInput for properties that cannot be condition keys. */
export function questionOf(words: Vocabulary, asked: Asked): Mapped<Question> {
  const { table } = words;
  const { subject } = asked;
  const { question, ignored } = openQuestionOf(words, asked, subject.properties);
  return { question: { ...question, subject: subjectOf(table, subject) }, ignored };
}

/** The question of who may do it. Properties that the table says of the resource count unless the request gives them. */
export function openQuestionOf(
  { table, catalog, keysOf }: Vocabulary,
  { action, resource, context }: Omit<Asked, 'subject'>,
  subject: JsonObject,
): Mapped<OpenQuestion> {
  const known = table.known.get(resource.type)?.get(resource.id) ?? {};
  const arn = resourceOf(table, resource);
  const keys = keysOf({
    subject,
    action: action.properties,
    resource: withProperties(known, resource.properties),
    context,
  });
  const question = {
    action: actionOf(table, catalog, resource.type, action),
    resource: arn,
    ...(arn === '*' ? { resourceIsPattern: true } : {}),
    resourceAccount: ownerOf(table, resource.type, arn),
    context: keys.context,
    tagsAsGiven: true,
    path: '',
    fields: FIELDS,
  };
  return { question, ignored: keys.ignored };
}

/** The properties of `given`, and those of `known` that it does not have. Names are compared as those of tags are: without case. */
export function withProperties(known: JsonObject, given: JsonObject): JsonObject {
  if (Object.keys(known).length === 0) return given;
  if (Object.keys(given).length === 0) return known;
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const others = Object.entries(known).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(others), ...given };
}

/** The subject as itself. */
export function subjectOf(table: NameTable, entity: Entity): Subject {
  return { principal: principalOf(table, entity), assumedRole: null, session: null };
}

/**
 * A type of the table means its template for every id but ARNs: a number that happens to have twelve digits is then no account.
 */
function principalOf(table: NameTable, { type, id }: Entity): PrincipalRef {
  const template = id.startsWith('arn:') ? undefined : table.subjects.get(type);
  if (template === undefined) {
    const ref = parsePrincipalRef(id);
    if (ref !== null) return ref;
    throw unknown('subject', 'a principal (an ARN, an account, a service)', type, id);
  }
  const ref = parsePrincipalRef(template.textOf(id));
  if (ref !== null) return ref;
  throw new RolegateError('NOT_FOUND', `there is no subject \`${shown(id)}\` of the type \`${shown(type)}\``, {
    field: 'subject.id',
  });
}

/** The ARN of a resource, or `*`. */
export function resourceOf(table: NameTable, { type, id }: Entity): string {
  if (parseArn(id) !== null) return id;
  const template = table.resources.get(type);
  if (template !== undefined) return template.textOf(id);
  if (id === '*') return id;
  throw unknown('resource', 'an ARN', type, id);
}

function ownerOf({ account, resources }: NameTable, type: string, arn: string): string | null {
  const isOfTable = resources.get(type)?.idIn(arn) != null;
  return isOfTable && parseArn(arn)?.accountId === '' ? account : null;
}

/** The action of AWS. The table's names come first. */
export function actionOf(table: NameTable, catalog: Catalog, type: string, { name }: Action): string {
  const short = table.actions.get(type)?.get(name);
  if (short !== undefined) return short;
  if (name.includes(':')) {
    try {
      return checkAction(catalog, name, 'action.name').name;
    } catch (error) {
      const { message } = error as InvalidInput; // as: it throws nothing else
      throw new UnknownName('action.name', message);
    }
  }
  const message = `there is no action \`${shown(name)}\` for resources of the type \`${shown(type)}\`, and it is not \`service:Action\``;
  throw new UnknownName('action.name', message);
}

/** The error of a search for a type that the table does not have. */
export function unknownType(member: 'resource' | 'subject', type: string): UnknownName {
  return new UnknownName(`${member}.type`, `there is no type \`${shown(type)}\` of ${member}s`);
}

function unknown(member: string, what: string, type: string, id: string): UnknownName {
  const message = `there is no type \`${shown(type)}\` of ${member}s, and the id \`${shown(id)}\` is not ${what}`;
  return new UnknownName(`${member}.type`, message);
}

/** Of a text that the client has sent, as much as names it. */
export function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
