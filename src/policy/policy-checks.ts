import { DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS } from './elements.ts';
import type { Located } from './json-text.ts';
import { operatorNames, readOperator } from './operator.ts';
import { type PolicyNode, readableParts, type StatementNode } from './readable-parts.ts';
import { nearest } from './spelling.ts';

export type { PolicyNode, StatementNode };

/** `suggestion`: what was probably meant; left out: no name is close enough. */
export type Report = (message: string, path: string, node: Located, suggestion?: string) => void;

const VERSIONS = new Set(['2012-10-17', '2008-10-17']);
const EFFECTS = ['Allow', 'Deny'];
const PRINCIPAL_TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
const TEXT_LISTS = ['Action', 'NotAction', 'Resource', 'NotResource'];

/**
 * The grammar that all kinds of policy share. Faults are reported with AWS's message in trust policies, empty where AWS has none of
 * its own; other policies have one message for all faults. Returns the parts without faults; null: there are none.
 */
export function checkGrammar(root: Located, report: Report): PolicyNode | null {
  const faulty = new Set<string>();
  const fault: FaultAt = (path, node, inTrust = '', suggestion) => {
    faulty.add(path);
    report(inTrust, path, node, suggestion);
  };
  if (root.members === null) {
    fault('', root);
    return null;
  }
  const elements = elementsOf(root, DOCUMENT_ELEMENTS, '', fault);
  const version = elements.get('Version');
  if (version !== undefined && !VERSIONS.has(textOf(version))) {
    const suggestion = near(textOf(version), VERSIONS);
    fault('Version', version, 'The policy must contain a valid version string', suggestion);
  }
  const id = elements.get('Id');
  if (id !== undefined && typeof id.value !== 'string') fault('Id', id);
  const statement = elements.get('Statement');
  if (statement === undefined) fault('', root);
  const list = statement === undefined ? [] : (statement.items ?? [statement]);
  if (statement !== undefined && list.length === 0) fault('Statement', statement);
  const statements = list.map((node, i) => {
    const path = statement?.items === null ? 'Statement' : `Statement[${i}]`;
    return checkStatement(node, path, fault);
  });
  return readableParts({ root, elements, statements }, faulty);
}

type FaultAt = (path: string, node: Located, inTrust?: string, suggestion?: string) => void;

function elementsOf(node: Located, known: ReadonlySet<string>, path: string, fault: FaultAt): Map<string, Located> {
  const elements = new Map<string, Located>();
  for (const member of node.members ?? []) {
    if (!known.has(member.key) || elements.has(member.key)) {
      const suggestion = known.has(member.key) ? undefined : near(member.key, known);
      fault(join(path, member.key), { ...member.node, offset: member.offset }, '', suggestion);
    }
    elements.set(member.key, member.node);
  }
  return elements;
}

function near(written: string, known: Iterable<string>): string | undefined {
  return nearest(written, [...known]) ?? undefined;
}

function checkStatement(node: Located, path: string, fault: FaultAt): StatementNode {
  const elements = elementsOf(node, STATEMENT_ELEMENTS, path, fault);
  if (node.members === null) {
    fault(path, node);
    return { path, node, elements };
  }
  const at = (name: string): Located | undefined => elements.get(name);
  const sid = at('Sid');
  if (sid !== undefined && typeof sid.value !== 'string') fault(join(path, 'Sid'), sid);
  const effect = at('Effect');
  if (effect === undefined) fault(path, node, 'Missing required field Effect');
  else if (!/^(?:allow|deny)$/i.test(textOf(effect)))
    fault(join(path, 'Effect'), effect, invalidEffect(effect), near(textOf(effect), EFFECTS));
  for (const name of TEXT_LISTS) {
    const element = at(name);
    if (element !== undefined) checkTexts(element, join(path, name), fault);
  }
  for (const name of ['Action', 'Resource', 'Principal']) {
    const negation = at(`Not${name}`);
    if (at(name) !== undefined && negation !== undefined) fault(join(path, `Not${name}`), negation);
  }
  const condition = at('Condition');
  if (condition !== undefined) checkCondition(condition, join(path, 'Condition'), fault);
  for (const name of ['Principal', 'NotPrincipal']) {
    const element = at(name);
    if (element !== undefined) checkPrincipal(element, join(path, name), fault);
  }
  return { path, node, elements };
}

/** AWS's message for an Effect in a trust policy that is neither Allow nor Deny. */
export function invalidEffect(effect: Located): string {
  return `Invalid effect: ${textOf(effect)}`;
}

function checkTexts(node: Located, path: string, fault: FaultAt): void {
  for (const { node: item, path: place } of textsIn(node, path)) {
    if (typeof item.value !== 'string') fault(place, item);
  }
}

function checkPrincipal(node: Located, path: string, fault: FaultAt): void {
  if (node.value === '*') return;
  if (node.members === null) fault(path, node);
  for (const member of node.members ?? []) {
    const inside = join(path, member.key);
    if (!PRINCIPAL_TYPES.includes(member.key)) fault(inside, member.node, '', near(member.key, PRINCIPAL_TYPES));
    checkTexts(member.node, inside, fault);
  }
  repeated(node, path, fault);
}

/** An operator that does not exist is a fault unless its block is empty, as in AWS. */
function checkCondition(node: Located, path: string, fault: FaultAt): void {
  if (node.members === null) fault(path, node);
  for (const operator of node.members ?? []) {
    const inside = join(path, operator.key);
    if (operator.node.members === null) fault(inside, operator.node);
    const keys = operator.node.members ?? [];
    if (keys.length > 0 && !isOperator(operator.key)) {
      fault(inside, { ...operator.node, offset: operator.offset }, '', suggestedOperator(operator.key));
    }
    for (const key of keys) {
      for (const { node: item, path: place } of textsIn(key.node, join(inside, key.key))) {
        if (typeof item.value === 'object') fault(place, item);
      }
    }
  }
  repeated(node, path, fault);
  for (const operator of node.members ?? []) repeated(operator.node, join(path, operator.key), fault);
}

function repeated(node: Located, path: string, fault: FaultAt): void {
  const seen = new Set<string>();
  for (const member of node.members ?? []) {
    if (seen.has(member.key)) fault(join(path, member.key), { ...member.node, offset: member.offset });
    seen.add(member.key);
  }
}

/** AWS's API compares the names of operators with case. */
function isOperator(written: string): boolean {
  return written === spelledOperator(written);
}

/** As AWS spells it; null: there is no such operator. */
function spelledOperator(written: string): string | null {
  const use = readOperator(written);
  if (use === null) return null;
  const set = { one: '', forAnyValue: 'ForAnyValue:', forAllValues: 'ForAllValues:' }[use.quantifier];
  return `${set}${use.operator?.name ?? 'Null'}${use.ifExists ? 'IfExists' : ''}`;
}

const SETS = ['ForAnyValue:', 'ForAllValues:'];

/** The operator that was probably meant: `StringEqual` is StringEquals, `ForAllValue:StringLike` ForAllValues:StringLike. */
export function suggestedOperator(written: string): string | undefined {
  const spelled = spelledOperator(written);
  if (spelled !== null) return spelled;
  const colon = written.indexOf(':') + 1;
  const set = colon === 0 ? '' : near(written.slice(0, colon), SETS);
  const name = near(written.slice(colon), operatorNames());
  return set === undefined || name === undefined ? undefined : set + name;
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

interface TextAt {
  readonly text: string;
  readonly path: string;
  readonly node: Located;
}

/** Every text of an element that may be one text or a list, with its place. */
export function textsAt(statement: StatementNode, name: string): readonly TextAt[] {
  const element = statement.elements.get(name);
  return element === undefined ? [] : textsIn(element, join(statement.path, name));
}

/** Like `textsAt`, for the value at a path: each readable item of a list has its own place. */
export function textsIn(element: Located, path: string): readonly TextAt[] {
  return (element.items ?? [element]).flatMap((node, i) => {
    if (node.unreadable === true) return [];
    return [{ text: textOf(node), path: element.items === null ? path : `${path}[${i}]`, node }];
  });
}

/** A text unchanged; any other value as JSON. */
export function textOf(node: Located): string {
  return typeof node.value === 'string' ? node.value : JSON.stringify(node.value);
}
