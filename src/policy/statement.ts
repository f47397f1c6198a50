import { type ActionElement, readActionPattern } from './action-pattern.ts';
import { type Condition, compileCondition } from './condition.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyKind } from './policy-kind.ts';
import { type NamedPrincipal, type PrincipalElement, readNamedPrincipal } from './principal-element.ts';
import { Memory } from './remember.ts';
import { type ResourceElement, resourcePatternReader } from './resource-pattern.ts';

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
  /** Null: neither Resource nor NotResource; it is about whatever the policy is attached to. */
  readonly resources: ResourceElement | null;
  readonly conditions: readonly Condition[];
}

const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Kinds of policy whose statements name their principal. */
const WITH_PRINCIPAL: ReadonlySet<PolicyKind> = new Set(['resource', 'trust', 'vpce', 'rcp']);
/** Kinds of policy whose statements may leave out Resource (trust policies; repositories of ECR). */
const WITHOUT_RESOURCE: ReadonlySet<PolicyKind> = new Set(['resource', 'trust', 'vpce']);

/** Throws MalformedPolicy, naming the element. `variables`: the document's Version knows policy variables. */
export function compileStatement(
  json: JsonValue,
  index: number,
  kind: PolicyKind,
  variables: boolean,
): CompiledStatement {
  const place = `Statement[${index}]`;
  if (!isObject(json)) throw new MalformedPolicy(`\`${place}\` must be an object`);
  for (const element of Object.keys(json)) {
    if (!ELEMENTS.has(element)) throw new MalformedPolicy(`unknown element \`${place}.${element}\``);
  }
  const sid = json['Sid'];
  if (sid !== undefined && typeof sid !== 'string') throw new MalformedPolicy(`\`${place}.Sid\` must be a string`);
  return {
    index,
    sid: sid ?? null,
    allows: readEffect(json['Effect'], place),
    principal: readPrincipal(json, kind, place),
    actions: readActions(json, place),
    resources: readResources(json, kind, variables, place),
    conditions: readConditions(json['Condition'], variables, place),
  };
}

function readEffect(effect: JsonValue | undefined, place: string): boolean {
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new MalformedPolicy(`\`${place}.Effect\` must be \`Allow\` or \`Deny\``);
  return effect === 'Allow';
}

const NEGATION = { Action: 'NotAction', Resource: 'NotResource', Principal: 'NotPrincipal' } as const;

/** The element or its negation, whichever is there; both at once is a fault. */
function eitherOf(
  json: JsonObject,
  name: 'Action' | 'Resource' | 'Principal',
  place: string,
): { readonly value: JsonValue; readonly negated: boolean } | null {
  const plain = json[name];
  const negated = json[NEGATION[name]];
  if (plain !== undefined && negated !== undefined) {
    throw new MalformedPolicy(`\`${place}\` has both \`${name}\` and \`Not${name}\``);
  }
  if (plain !== undefined) return { value: plain, negated: false };
  return negated === undefined ? null : { value: negated, negated: true };
}

function readActions(json: JsonObject, place: string): ActionElement {
  const element = eitherOf(json, 'Action', place);
  if (element === null) throw new MalformedPolicy(`\`${place}\` must have \`Action\` or \`NotAction\``);
  const { value, negated } = element;
  return { negated, patterns: readEach(value, readActionPattern, place, negated ? 'NotAction' : 'Action') };
}

function readResources(json: JsonObject, kind: PolicyKind, variables: boolean, place: string): ResourceElement | null {
  const element = eitherOf(json, 'Resource', place);
  if (element === null) {
    if (WITHOUT_RESOURCE.has(kind)) return null;
    throw new MalformedPolicy(`\`${place}\` must have \`Resource\` or \`NotResource\``);
  }
  const { value, negated } = element;
  const read = resourcePatternReader(kind, variables);
  return { negated, patterns: readEach(value, read, place, negated ? 'NotResource' : 'Resource') };
}

function readPrincipal(json: JsonObject, kind: PolicyKind, place: string): PrincipalElement | null {
  const element = eitherOf(json, 'Principal', place);
  if (element === null) {
    if (kind === 'rcp') throw new MalformedPolicy(`\`${place}.Principal\` is missing`);
    return null;
  }
  const name = `${place}.${element.negated ? 'NotPrincipal' : 'Principal'}`;
  if (!WITH_PRINCIPAL.has(kind)) throw new MalformedPolicy(`\`${name}\` has no place in this kind of policy`);
  const { value, negated } = element;
  // AWS writes a text other than `*` under a key; some tools store it bare.
  const byType = typeof value === 'string' ? { AWS: value } : value;
  if (!isObject(byType)) throw new MalformedPolicy(`\`${name}\` must be \`*\` or an object`);
  let everyone = false;
  const named: NamedPrincipal[] = [];
  for (const [type, values] of Object.entries(byType)) {
    const read = (text: string): NamedPrincipal | null => {
      if (type === 'AWS' && text === '*') everyone = true;
      return readNamedPrincipal(type, text);
    };
    named.push(...readEach(values, read, name, type));
  }
  return { negated, everyone, named };
}

/** The same few blocks of conditions stand in very many statements: equal ones are compiled once. */
const knownConditions = {
  withVariables: new Memory<readonly Condition[]>(),
  plain: new Memory<readonly Condition[]>(),
};

function readConditions(block: JsonValue | undefined, variables: boolean, place: string): readonly Condition[] {
  if (block === undefined) return NO_CONDITIONS;
  if (!isObject(block)) throw new MalformedPolicy(`\`${place}.Condition\` must be an object`);
  const known = variables ? knownConditions.withVariables : knownConditions.plain;
  return known.recall(JSON.stringify(block), () => compileBlock(block, variables, place));
}

const NO_CONDITIONS: readonly Condition[] = [];

function compileBlock(block: JsonObject, variables: boolean, place: string): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(block)) {
    if (!isObject(keys)) throw new MalformedPolicy(`\`${place}.Condition.${operator}\` must be an object`);
    for (const [key, value] of Object.entries(keys)) {
      const values = readScalars(value, `${place}.Condition.${operator}.${key}`);
      conditions.push(compileCondition(operator, key, values, variables));
    }
  }
  return conditions;
}

/** What is made of each text of an element. Where it makes nothing, the text can match nothing and is left out. */
function readEach<T>(value: JsonValue, read: (text: string) => T | null, place: string, element: string): readonly T[] {
  const made = asList(value).map((one) => {
    if (typeof one !== 'string') {
      throw new MalformedPolicy(`\`${place}.${element}\` must be a string or a list of strings`);
    }
    return read(one);
  });
  return made.every(isPresent) ? made : made.filter(isPresent);
}

function isPresent<T>(value: T | null): value is T {
  return value !== null;
}

/** Booleans and numbers may stand unquoted in conditions. */
function readScalars(value: JsonValue, place: string): readonly string[] {
  return asList(value).map((one) => {
    if (typeof one === 'object')
      throw new MalformedPolicy(`\`${place}\` must be a string, number or boolean, or a list of them`);
    return String(one);
  });
}

function asList(value: JsonValue): readonly JsonValue[] {
  return isList(value) ? value : [value];
}
