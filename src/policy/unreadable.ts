import { readActionPattern } from './action-pattern.ts';
import { splitArn } from './arn.ts';
import type { Located } from './json-text.ts';
import { readOperator } from './operator.ts';
import { join, type Report, suggestedOperator, textOf, textsIn } from './policy-checks.ts';
import type { PolicyKind } from './policy-kind.ts';
import { isPrincipal } from './principal-checks.ts';
import { isReadableValue, valueForm } from './readable-value.ts';
import { isPartition, PARTITIONS } from './regions.ts';
import { readResourcePattern } from './resource-pattern.ts';
import { nearest } from './spelling.ts';

/**
 * Reports what stands in a document and can be read by nobody, so that it would never match: in a Deny, it would deny nothing.
 * The grammar is taken to be right: what is not of it is passed over.
 */
export function reportUnreadable(root: Located, kind: PolicyKind, report: Report): void {
  const element = (node: Located, name: string): Located | undefined =>
    node.members?.find((member) => member.key === name)?.node;
  const variables = element(root, 'Version')?.value === '2012-10-17';
  const statement = element(root, 'Statement');
  for (const [i, node] of (statement?.items ?? (statement === undefined ? [] : [statement])).entries()) {
    const path = statement?.items === null ? 'Statement' : `Statement[${i}]`;
    for (const { key, node: value } of node.members ?? []) {
      const at = join(path, key);
      if (key === 'Action' || key === 'NotAction') reportActions(value, at, report);
      if (key === 'Resource' || key === 'NotResource') reportResources(value, at, kind, variables, report);
      if (key === 'Principal' || key === 'NotPrincipal') reportPrincipals(value, at, report);
      if (key === 'Condition') reportConditions(value, at, variables, report);
    }
  }
}

function reportActions(element: Located, at: string, report: Report): void {
  for (const { text, path, node } of textsIn(element, at)) {
    if (readActionPattern(text) !== null) continue;
    report(`${quoted(text)} is no action: that is a service's prefix, a colon and a name`, path, node);
  }
}

function reportResources(element: Located, at: string, kind: PolicyKind, variables: boolean, report: Report): void {
  for (const { text, path, node } of textsIn(element, at)) {
    const [, partition] = splitArn(text);
    const isReadable = /^\*+$/.test(text) || (partition !== undefined && isPartitionPattern(partition));
    if (isReadable && readResourcePattern(text, kind, variables) !== null) continue;
    const suggestion = partition === undefined ? null : nearest(partition, PARTITIONS);
    report(`${quoted(text)} is neither an ARN nor \`*\``, path, node, suggestion ?? undefined);
  }
}

function isPartitionPattern(text: string): boolean {
  return isPartition(text) || /[*?]/.test(text);
}

function reportPrincipals(element: Located, at: string, report: Report): void {
  for (const { key, node: values } of element.members ?? []) {
    for (const { text, path, node } of textsIn(values, join(at, key))) {
      if (!isPrincipal(key, text)) report(`${quoted(text)} names no principal of the type ${quoted(key)}`, path, node);
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
        report(`${quoted(operator)} compares ${form?.what ?? 'texts'}: ${quoted(textOf(node))} is none`, path, node);
      }
    }
  }
}

const LONGEST_QUOTE = 100;

function quoted(text: string): string {
  return `\`${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}\``;
}
