import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

/** A change by which operations of clients fail, or read something else than before. */
export interface BreakingChange {
  /** `Type`, `Type.field`, `Type.field(argument)`, `Input.field` or `Enum.VALUE`, as the changelog names it. */
  readonly element: string;
  readonly message: string;
}

/** One state of the project, as texts. */
export interface Version {
  readonly schema: string;
  /** Of src/README.md. */
  readonly readme: string;
}

/** What breaks clients between two schemas, in the order of the elements. */
export function breakingChanges(before: string, after: string): readonly BreakingChange[] {
  return findBreakingChanges(buildSchema(before), buildSchema(after))
    .map(({ description }) => ({ element: elementOf(description), message: description }))
    .sort((a, b) => (a.element < b.element ? -1 : 1));
}

/** What clients can notice and need not, as sentences: a new value of an enum, a new member of a union. */
export function noticeableChanges(before: string, after: string): readonly string[] {
  return findDangerousChanges(buildSchema(before), buildSchema(after)).map(({ description }) => description);
}

/** The sentences of graphql-js, and the element that each is about. */
const SENTENCES: readonly (readonly [sentence: RegExp, element: string])[] = [
  [/^A required field (\w+) on input type (\w+) was added.*$/, '$2.$1'],
  [/^A required arg (\w+) on (?:directive )?([\w.]+) was added.*$/, '$2($1)'],
  [/^Repeatable flag was removed from (\w+).*$/, '$1'],
  [/^(\w+) was removed from (?:union type |enum type )?(\w+).*$/, '$2.$1'],
  [/^(\w+\.\w+) arg (\w+) .*$/, '$1($2)'],
  [/^(?:Standard scalar )?([\w.]+) .*$/, '$1'],
];

function elementOf(description: string): string {
  const known = SENTENCES.find(([sentence]) => sentence.test(description));
  if (known === undefined) throw new Error(`a breaking change that names no element: ${description}`);
  return description.replace(known[0], known[1]);
}

const HEADING = '## Changelog of the schema\n';

/**
 * The breaking changes from one version to the next that the changelog does not name: in backticks, in lines that came with
 * them, for a line of an earlier change says nothing of this one. `Type.*` names every field of a type, `*.field` that
 * field of every type.
 */
export function unnamedChanges(before: Version, after: Version): readonly BreakingChange[] {
  const old = new Set(changelogOf(before.readme));
  const added = changelogOf(after.readme).filter((line) => !old.has(line));
  const named = new Set([...added.join('\n').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  return breakingChanges(before.schema, after.schema).filter(({ element }) => {
    const [type = '', field = ''] = element.split('.', 2);
    return ![element, `${type}.*`, `*.${field}`].some((name) => named.has(name));
  });
}

/** The lines of the section, which ends where the next one begins. */
function changelogOf(readme: string): readonly string[] {
  const from = readme.indexOf(HEADING);
  if (from === -1) return [];
  const [section = ''] = readme.slice(from + HEADING.length).split('\n## ', 1);
  return section.split('\n');
}
