import { splitArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { isAccountId } from '../policy/principal-id.ts';

/** The place of the id in a template. */
const ID = '{id}';

/** An ARN in which one part is the id of an entity: `arn:aws:iam::111111111111:user/{id}`; `{id}` alone: the id is the ARN. */
export class Template {
  readonly text: string;
  /** What every text of the template begins with. */
  readonly before: string;
  readonly #after: string;

  /** `text` holds `{id}` exactly once. */
  constructor(text: string) {
    const at = text.indexOf(ID);
    this.text = text;
    this.before = text.slice(0, at);
    this.#after = text.slice(at + ID.length);
  }

  static isOne(text: string): boolean {
    return text.split(ID).length === 2;
  }

  textOf(id: string): string {
    return `${this.before}${id}${this.#after}`;
  }

  /** The id in a text of the template; null: it is none. */
  idIn(text: string): string | null {
    if (text.length <= this.before.length + this.#after.length) return null;
    if (!text.startsWith(this.before) || !text.endsWith(this.#after)) return null;
    return text.slice(this.before.length, text.length - this.#after.length);
  }

  /** The account that every text of the template names; null: there is none. */
  get accountId(): string | null {
    const account = splitArn(this.text)[4] ?? '';
    return isAccountId(account) ? account : null;
  }
}

/** The short names of an operator's enforcement points. */
export interface NameTable {
  /** The address of the decision point where neither a setting nor a trusted proxy says it; null: none. */
  readonly base: string | null;
  /** Owner of the resources whose ARN names no account; null: the directory knows it. */
  readonly account: string | null;
  /** By type. */
  readonly subjects: ReadonlyMap<string, Template>;
  /** By type. */
  readonly resources: ReadonlyMap<string, Template>;
  /** By type of resource: names of actions and the actions of AWS that they mean. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By type: resources that a search looks through, by id, with their properties. */
  readonly known: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;
}

/** Without short names: entities are named as AWS names them. */
export const NO_NAMES: NameTable = {
  base: null,
  account: null,
  subjects: new Map(),
  resources: new Map(),
  actions: new Map(),
  known: new Map(),
};

/** A subject, action or resource with a name that means nothing here: as a search says it, there is no such thing. */
export class UnknownName extends InvalidInput {}
