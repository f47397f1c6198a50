import { type ActionElement, EVERY_ACTION, readActionPattern } from './action-pattern.ts';
import { resourceProblem } from './arn-fault.ts';
import type { Condition } from './condition.ts';
import { readConditionBlock, shortened, UNKNOWN_VARIABLES } from './condition-block.ts';
import { STATEMENT_ELEMENTS } from './elements.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';
import { Faults, type PolicyFault } from './policy-fault.ts';
import type { PolicyKind } from './policy-kind.ts';
import type { PrincipalElement } from './principal-element.ts';
import { readPrincipalElement } from './principal-reading.ts';
import { EVERY_RESOURCE, type ResourceElement, type ResourcePattern, resourceReader } from './resource-pattern.ts';
import type { VariableReading } from './variable.ts';

/** A statement, compiled. */
export interface CompiledStatement {
  /** Position in the document, from 0. */
  readonly index: number;
  readonly sid: string | null;
  /** Effect is Allow. */
  readonly allows: boolean;
  /** Null: it names no principal. In a resource-based or trust policy such a statement matches nobody. */
  readonly principal: PrincipalElement | null;
  readonly actions: ActionElement;
  /** Null: neither Resource nor NotResource; it applies to whatever the policy is attached to. */
  readonly resources: ResourceElement | null;
  readonly conditions: readonly Condition[];
}

/** Kinds of policy whose statements name their principal. */
const WITH_PRINCIPAL: ReadonlySet<PolicyKind> = new Set(['resource', 'trust', 'vpce', 'rcp']);
/** Kinds of policy whose statements may omit Resource (trust policies; repositories of ECR). */
const WITHOUT_RESOURCE: ReadonlySet<PolicyKind> = new Set(['resource', 'trust', 'vpce']);

/** A statement with its unreadable pieces. */
export interface StatementReading {
  readonly statement: CompiledStatement;
  readonly faults: readonly PolicyFault[];
}

/**
 * Reads a statement piece by piece: what cannot be read never grants access. An unreadable entry matches nothing in an Allow and
 * everything in a Deny; an Allow with an unreadable restriction does not apply, a Deny applies as if the restriction were met. So
 * compiled statements need no further check for unreadable pieces.
 */
export function readStatement(
  json: JsonValue,
  index: number,
  kind: PolicyKind,
  variables: VariableReading,
): StatementReading {
  const place = `Statement[${index}]`;
  if (!isObject(json)) {
    const faults = new Faults(index, false);
    faults.restriction(null, `\`${place}\` must be an object`);
    return { statement: denyingEverything(index, kind), faults: faults.list };
  }
  return new StatementReader(json, index, kind, variables).read();
}

function denyingEverything(index: number, kind: PolicyKind): CompiledStatement {
  return {
    index,
    sid: null,
    allows: false,
    principal: WITH_PRINCIPAL.has(kind) ? EVERYONE : null,
    actions: EVERYTHING_DONE,
    resources: EVERYWHERE,
    conditions: NO_CONDITIONS,
  };
}

const EVERYONE: PrincipalElement = { negated: false, everyone: true, named: [] };
const EVERYTHING_DONE: ActionElement = { negated: false, patterns: [EVERY_ACTION] };
const NOTHING_DONE: ActionElement = { negated: false, patterns: [] };
const EVERYWHERE: ResourceElement = { negated: false, patterns: [EVERY_RESOURCE] };
const NO_CONDITIONS: readonly Condition[] = [];
const NEGATION = { Action: 'NotAction', Resource: 'NotResource', Principal: 'NotPrincipal' } as const;

interface Element {
  readonly name: string;
  readonly value: JsonValue;
  readonly negated: boolean;
}

class StatementReader {
  readonly #json: JsonObject;
  readonly #index: number;
  readonly #place: string;
  readonly #kind: PolicyKind;
  readonly #variables: VariableReading;
  readonly #allows: boolean;
  readonly #faults: Faults;
  /** A restriction cannot be read: an Allow does not apply. */
  #open = false;

  constructor(json: JsonObject, index: number, kind: PolicyKind, variables: VariableReading) {
    const effect = json['Effect'];
    this.#json = json;
    this.#index = index;
    this.#place = `Statement[${index}]`;
    this.#kind = kind;
    this.#variables = variables;
    // An Effect that is not clearly Allow could be a Deny.
    this.#allows = typeof effect === 'string' && effect.toLowerCase() === 'allow';
    this.#faults = new Faults(index, this.#allows);
  }

  read(): StatementReading {
    const effect = this.#json['Effect'];
    for (const element of Object.keys(this.#json)) {
      if (!STATEMENT_ELEMENTS.has(element)) this.#unread(element, `unknown element \`${this.#place}.${element}\``);
    }
    const sid = this.#json['Sid'];
    if (sid !== undefined && typeof sid !== 'string')
      this.#faults.idle('Sid', `\`${this.#place}.Sid\` must be a string`);
    if (effect !== 'Allow' && effect !== 'Deny')
      this.#unread('Effect', `\`${this.#place}.Effect\` must be \`Allow\` or \`Deny\``);
    const principal = this.#principal();
    const actions = this.#actions();
    const resources = this.#resources();
    const conditions = this.#conditions();
    const statement: CompiledStatement = {
      index: this.#index,
      sid: typeof sid === 'string' ? sid : null,
      allows: this.#allows,
      principal,
      actions: this.#allows && this.#open ? NOTHING_DONE : actions,
      resources,
      conditions,
    };
    return { statement, faults: this.#faults.list };
  }

  #unread(element: string | null, message: string): void {
    this.#open = true;
    this.#faults.restriction(element, message);
  }

  /** The element or its negation, whichever exists; null: neither exists, or both. */
  #either(name: 'Action' | 'Resource' | 'Principal', isNeeded: boolean): Element | null {
    const negation = NEGATION[name];
    const plain = this.#json[name];
    const negated = this.#json[negation];
    if (plain !== undefined && negated !== undefined) {
      this.#unread(negation, `\`${this.#place}\` has both \`${name}\` and \`${negation}\``);
      return null;
    }
    if (plain !== undefined) return { name, value: plain, negated: false };
    if (negated !== undefined) return { name: negation, value: negated, negated: true };
    if (isNeeded) this.#unread(null, `\`${this.#place}\` must have \`${name}\` or \`${negation}\``);
    return null;
  }

  #actions(): ActionElement {
    const element = this.#either('Action', true);
    if (element === null) return EVERYTHING_DONE;
    const { found, hasFault } = this.#entries(element, readActionPattern, () => 'is not an action');
    const { negated } = element;
    return hasFault && !negated && !this.#allows ? EVERYTHING_DONE : { negated, patterns: found };
  }

  #resources(): ResourceElement | null {
    const isNeeded = !WITHOUT_RESOURCE.has(this.#kind);
    const before = this.#open;
    const element = this.#either('Resource', isNeeded);
    if (element === null) return isNeeded || this.#open !== before ? EVERYWHERE : null;
    const { negated } = element;
    const isWide = !negated && !this.#allows;
    const { narrow, wide } = resourceReader(this.#kind, this.#variables === 'variables');
    const read = (text: string): readonly ResourcePattern[] | null => {
      if (isWide) return wide(text);
      const one = narrow(text);
      return one === null ? null : [one];
    };
    const { found, hasFault } = this.#entries(element, read, resourceProblem, true);
    return hasFault && isWide
      ? EVERYWHERE
      : { negated, patterns: found.length === 1 ? (found[0] ?? []) : found.flat() };
  }

  #principal(): PrincipalElement | null {
    const isNeeded = this.#kind === 'rcp';
    const before = this.#faults.list.length;
    const element = this.#either('Principal', false);
    if (!WITH_PRINCIPAL.has(this.#kind)) {
      if (element !== null)
        this.#unread(element.name, `\`${this.#place}.${element.name}\` has no place in this kind of policy`);
      return null;
    }
    if (element === null && isNeeded) this.#unread(null, `\`${this.#place}.Principal\` is missing`);
    // A statement that names nobody is about nobody: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    if (element === null) return this.#faults.list.length > before ? EVERYONE : null;
    const found = this.#faults.list.length;
    const principal = readPrincipalElement(element, this.#place, this.#allows, this.#faults);
    // Whom an Allow would except is not known.
    if (element.negated && this.#faults.list.length > found) this.#open = true;
    return principal;
  }

  #conditions(): readonly Condition[] {
    const block = this.#json['Condition'];
    if (block === undefined) return NO_CONDITIONS;
    const { conditions, faults } = readConditionBlock(block, this.#variables);
    for (const { place, problem } of faults)
      this.#unread('Condition', `\`${this.#place}.Condition${place}\` ${problem}`);
    return conditions;
  }

  /** The reading of each text of an element; `hasFault`: some text cannot be read. */
  #entries<T>(
    { name, value, negated }: Element,
    read: (text: string) => T | null,
    problem: (text: string) => string,
    withVariables = false,
  ): { readonly found: readonly T[]; readonly hasFault: boolean } {
    const found: T[] = [];
    let hasFault = false;
    for (const one of isList(value) ? value : [value]) {
      const isOpen = withVariables && this.#variables === 'unknown' && typeof one === 'string' && one.includes('${');
      const made = typeof one === 'string' && !isOpen ? read(one) : null;
      if (made !== null) {
        found.push(made);
        continue;
      }
      hasFault = true;
      const at = `\`${this.#place}.${name}\``;
      const what =
        typeof one === 'string' ? `\`${shortened(one)}\` ${isOpen ? UNKNOWN_VARIABLES : problem(one)}` : NO_TEXT;
      const message = typeof one === 'string' ? `${at}: ${what}` : `${at} ${what}`;
      if (negated) this.#except(name, message);
      else this.#faults.entry(name, message);
    }
    return { found, hasFault };
  }

  /** In a Deny, an unreadable exception excludes nothing; what it would exclude from an Allow is unknown. */
  #except(element: string, message: string): void {
    this.#open = true;
    this.#faults.exception(element, message);
  }
}

const NO_TEXT = 'must be a string or a list of strings';
