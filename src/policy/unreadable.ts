import { readActionPattern } from './action-pattern.ts';
import { splitArn } from './arn.ts';
import { resourceProblem } from './arn-fault.ts';
import { shortened } from './condition-block.ts';
import type { Located } from './json-text.ts';
import { readOperator } from './operator.ts';
import { join, type Report, suggestedOperator, textOf, textsIn } from './policy-checks.ts';
import type { PolicyKind } from './policy-kind.ts';
import { readPrincipal } from './principal-reading.ts';
import { isReadableValue, valueForm } from './readable-value.ts';
import { isPartition, PARTITIONS } from './regions.ts';
import { resourceReader } from './resource-pattern.ts';
import { nearest } from './spelling.ts';

/**
 * Reports the unreadable entries and lines of a document, with what was probably meant. They are the faults that
 * `readPolicy` finds; the grammar must be right: pieces that break it are skipped.
 */
export function reportUnreadable(root: Located, kind: PolicyKind, report: ReportIn): void {
  const variables = memberOf(root, 'Version')?.value === '2012-10-17';
  for (const [statement, { path, node }] of statementsOf(root).entries()) {
    const effect = memberOf(node, 'Effect')?.value;
    const allows = typeof effect === 'string' && effect.toLowerCase() === 'allow';
    for (const { key, node: value } of node.members ?? []) {
      const at = join(path, key);
      const here: Report = (...about) => report(statement, key, ...about);
      if (key === 'Action' || key === 'NotAction') reportActions(value, at, here);
      if (key === 'Resource') {
        const { narrow, wide } = resourceReader(kind, variables);
        reportResources(value, at, allows ? narrow : wide, here);
      }
      if (key === 'NotResource') reportResources(value, at, resourceReader(kind, variables).narrow, here);
      if (key === 'Principal' || key === 'NotPrincipal') reportPrincipals(value, at, here);
      if (key === 'Condition') reportConditions(value, at, variables, here);
    }
  }
}

/** `Report` with the position of the statement and the name of its element as prefix. */
export type ReportIn = (statement: number, element: string, ...about: Parameters<Report>) => void;

/** The statements of a document, each with its path; a single statement need not be in a list. */
export function statementsOf(root: Located): readonly { readonly path: string; readonly node: Located }[] {
  const statement = memberOf(root, 'Statement');
  if (statement === undefined) return [];
  if (statement.items === null) return [{ path: 'Statement', node: statement }];
  return statement.items.map((node, i) => ({ path: `Statement[${i}]`, node }));
}

export function memberOf(node: Located, name: string): Located | undefined {
  return node.members?.find((member) => member.key === name)?.node;
}

function reportActions(element: Located, at: string, report: Report): void {
  for (const { text, path, node } of textsIn(element, at)) {
    if (readActionPattern(text) !== null) continue;
    report(`${quoted(text)} is no action: that is a service's prefix, a colon and a name`, path, node);
  }
}

function reportResources(element: Located, at: string, read: (text: string) => object | null, report: Report): void {
  for (const { text, path, node } of textsIn(element, at)) {
    if (read(text) !== null) continue;
    const [, partition] = splitArn(text);
    const suggestion = partition === undefined || isPartition(partition) ? null : nearest(partition, PARTITIONS);
    const problem = resourceProblem(text);
    const what = problem === 'is not an ARN' ? 'is neither an ARN nor `*`' : problem;
    report(`${quoted(text)} ${what}`, path, node, suggestion ?? undefined);
  }
}

function reportPrincipals(element: Located, at: string, report: Report): void {
  for (const { key, node: values } of element.members ?? []) {
    for (const { text, path, node } of textsIn(values, join(at, key))) {
      if (readPrincipal(key, text) !== null) continue;
      report(`${quoted(text)} names no principal of the type ${quoted(key)}`, path, node);
    }
  }
}

function reportConditions(block: Located, at: string, variables: boolean, report: Report): void {
  for (const { key: operator, node: keys, offset } of block.members ?? []) {
    const inside = join(at, operator);
    if ((keys.members ?? []).length === 0) continue;
    const use = readOperator(operator);
    if (use === null) {
      const node = { ...keys, offset };
      report(`${quoted(operator)} is no condition operator`, inside, node, suggestedOperator(operator));
      continue;
    }
    const form = valueForm(use.operator?.name ?? 'Null');
    for (const { key, node: values } of keys.members ?? []) {
      for (const { path, node } of textsIn(values, join(inside, key))) {
        if (isReadableValue(form, textOf(node), variables)) continue;
        report(
          `${quoted(operator)} compares ${form?.what ?? 'texts'}: ${quoted(textOf(node))} is not ${form?.one ?? 'a text'}`,
          path,
          node,
        );
      }
    }
  }
}

function quoted(text: string): string {
  return `\`${shortened(text)}\``;
}
