import { checkAction } from '../access/check-action.ts';
import { MAX_QUESTIONS } from '../access/check-question.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../policy/json.ts';
import { isAccountId, parsePrincipalRef } from '../policy/principal-id.ts';
import { httpsOrigin } from './https-origin.ts';
import { type NameTable, Template } from './names.ts';

/** Greatest number of problems that are named. */
const MOST_PROBLEMS = 20;

const MEMBERS: ReadonlySet<string> = new Set(['base', 'account', 'subjects', 'resources', 'actions', 'known']);

/**
 * Reads an operator's table of short names. Returns the problems instead, one sentence each, if it is not valid: each names the
 * member.
 */
export function readNameTable(json: JsonValue, catalog: Catalog): NameTable | readonly string[] {
  const reader = new Reader(catalog);
  const table = reader.table(json);
  return reader.problems.length === 0 ? table : reader.problems;
}

class Reader {
  readonly #catalog: Catalog;
  readonly problems: string[] = [];

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  table(json: JsonValue): NameTable {
    const members = this.#object(json, 'the table');
    for (const name of Object.keys(members)) {
      if (!MEMBERS.has(name)) this.#say(`it has a member \`${cut(name)}\`: it can have ${[...MEMBERS].join(', ')}`);
    }
    const { base, account, subjects = {}, resources = {}, actions = {}, known = {} } = members;
    const table = {
      base: base === undefined ? null : this.#base(base),
      account: account === undefined ? null : this.#account(account),
      subjects: this.#each(subjects, 'subjects', (value, place) => this.#subject(value, place)),
      resources: this.#each(resources, 'resources', (value, place) => this.#resource(value, place)),
      actions: this.#each(actions, 'actions', (value, place) =>
        this.#each(value, place, (action, at) => this.#action(action, at)),
      ),
      known: this.#each(known, 'known', (value, place) => this.#known(value, place)),
    };
    for (const type of table.known.keys()) {
      if (!table.resources.has(type)) this.#say(`\`known.${cut(type)}\`: \`resources\` has no such type`);
    }
    return table;
  }

  #say(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
  }

  #object(json: JsonValue, place: string): JsonObject {
    if (isObject(json)) return json;
    this.#say(`${place} must be an object`);
    return {};
  }

  #each<T>(
    json: JsonValue,
    place: string,
    read: (value: JsonValue, place: string) => T | null,
  ): ReadonlyMap<string, T> {
    const found = new Map<string, T>();
    for (const [name, value] of Object.entries(this.#object(json, `\`${place}\``))) {
      const one = read(value, `${place}.${cut(name)}`);
      if (one !== null) found.set(name, one);
    }
    return found;
  }

  #base(json: JsonValue): string | null {
    const origin = typeof json === 'string' ? httpsOrigin(json) : null;
    if (origin === null) this.#say('`base` must be https://host or https://host:port');
    return origin;
  }

  #account(json: JsonValue): string | null {
    if (typeof json === 'string' && isAccountId(json)) return json;
    this.#say('`account` must be a string of twelve digits');
    return null;
  }

  #template(json: JsonValue, place: string): Template | null {
    if (typeof json === 'string' && Template.isOne(json)) return new Template(json);
    this.#say(`\`${place}\` must be a string with \`{id}\` in it once`);
    return null;
  }

  #subject(json: JsonValue, place: string): Template | null {
    const template = this.#template(json, place);
    if (template === null || template.text === '{id}') return template;
    if (parsePrincipalRef(template.textOf('example')) !== null) return template;
    this.#say(`\`${place}\`: \`${cut(template.text)}\` is not the ARN of a user, role, session or federated user`);
    return null;
  }

  #resource(json: JsonValue, place: string): Template | null {
    const template = this.#template(json, place);
    if (template === null || template.text === '{id}') return template;
    // The id may stand anywhere in the ARN, also for its account.
    if (parseArn(template.textOf('example')) !== null) return template;
    this.#say(`\`${place}\`: \`${cut(template.text)}\` is not an ARN`);
    return null;
  }

  #action(json: JsonValue, place: string): string | null {
    try {
      return checkAction(this.#catalog, typeof json === 'string' ? json : '', place).name;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      this.#say(`\`${place}\`: ${typeof json === 'string' ? error.message : 'it must be a string, `service:Action`'}`);
      return null;
    }
  }

  #known(json: JsonValue, place: string): ReadonlyMap<string, JsonObject> | null {
    if (!Array.isArray(json)) {
      this.#say(`\`${place}\` must be a list`);
      return null;
    }
    if (json.length > MAX_QUESTIONS) {
      this.#say(`\`${place}\` has ${json.length} entries; the limit is ${MAX_QUESTIONS}`);
      return null;
    }
    const found = new Map<string, JsonObject>();
    for (const [index, entry] of json.entries()) {
      const at = `\`${place}[${index}]\``;
      const { id, properties = {} } = this.#object(entry, at);
      if (typeof id !== 'string' || id === '') this.#say(`${at} must have an \`id\`, a string`);
      else if (found.has(id)) this.#say(`${at}: the id \`${cut(id)}\` is there twice`);
      else found.set(id, this.#object(properties, `\`properties\` of ${at}`));
    }
    return found;
  }
}

function cut(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}
