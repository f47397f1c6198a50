import { describe, expect, test } from 'vitest';
import { breakingChanges, noticeableChanges, unnamedChanges } from './schema/changes.ts';

const BEFORE = `
interface Named { name: String }
type User implements Named { name: String, arn: String!, keys(active: Boolean, kind: String): [String!]! }
type Role { name: String }
union Holder = User | Role
enum Kind { ONE, TWO }
input Filter { name: String }
directive @old(reason: String) repeatable on FIELD | QUERY
type Query { user(arn: String!): User, role: Role, holder: Holder, kind(filter: Filter): Kind, at: Float }
`;

const elementsAfter = (from: string, to: string): readonly string[] => {
  expect(BEFORE).toContain(from);
  return breakingChanges(BEFORE, BEFORE.replaceAll(from, to)).map(({ element }) => element);
};

describe('what breaks clients is named by its element', () => {
  test.each([
    ['a field that can be null now', 'arn: String!,', 'arn: String,', ['User.arn']],
    ['a field that is gone', 'arn: String!,', '', ['User.arn']],
    ['a list whose entries can be null now', '[String!]!', '[String]!', ['User.keys']],
    ['an argument that is gone', 'active: Boolean, ', '', ['User.keys(active)']],
    ['an argument of another type', 'active: Boolean', 'active: Int', ['User.keys(active)']],
    ['an argument that has to be given', 'kind: String', 'kind: String, since: Int!', ['User.keys(since)']],
    ['a type that is gone', 'Holder', 'Owner', ['Holder', 'Query.holder']],
    ['a type of another kind', 'enum Kind { ONE, TWO }', 'scalar Kind', ['Kind']],
    ['a value that is gone', 'ONE, TWO', 'ONE', ['Kind.TWO']],
    ['a member that is gone', 'User | Role', 'User', ['Holder.Role']],
    ['an interface that is no longer implemented', 'User implements Named', 'User', ['User']],
    ['an input that has to be given', 'input Filter {', 'input Filter { of: Int!,', ['Filter.of']],
    ['an input that is gone', 'input Filter { name', 'input Filter { named', ['Filter.name']],
    ['a scalar of GraphQL that is gone', 'at: Float', 'at: Int', ['Float', 'Query.at']],
    ['a directive that is gone', '@old', '@fresh', ['old']],
    ['an argument of a directive that is gone', '(reason: String)', '', ['old.reason']],
    ['an argument of a directive that has to be given', 'reason: String)', 'reason: String, by: Int!)', ['old(by)']],
    ['a directive that stands once', ' repeatable', '', ['old']],
    ['a place of a directive that is gone', ' | QUERY', '', ['old.QUERY']],
  ])('%s', (_what, from, to, elements) => {
    const { length } = elements;
    expect(elementsAfter(from, to)).toEqual(elements);
    expect(length).toBeGreaterThan(0);
  });

  test('nothing, where only something is new', () => {
    expect(elementsAfter('type Role {', 'type Role { path: String!,')).toEqual([]);
    expect(elementsAfter('kind: String', 'kind: String, since: Int')).toEqual([]);
  });
});

test('what clients can notice is told as well', () => {
  expect(noticeableChanges(BEFORE, BEFORE.replace('ONE, TWO', 'ONE, TWO, THREE'))).toEqual([
    'THREE was added to enum type Kind.',
  ]);
});

describe('the changelog', () => {
  const after = BEFORE.replace('arn: String!', 'arn: String')
    .replace('role: Role', 'role: Role!')
    .replace('ONE, TWO', 'ONE');
  const changelog = (...lines: readonly string[]): string =>
    ['# Source', '`Kind.TWO`', '## Changelog of the schema', ...lines, '## Decisions', '`Kind.TWO`', ''].join('\n');
  const unnamed = (before: string, now: string): readonly string[] =>
    unnamedChanges({ schema: BEFORE, readme: before }, { schema: after, readme: now }).map(({ element }) => element);

  test('has to name each element that breaks, in its own section', () => {
    expect(unnamed(changelog(), changelog())).toEqual(['Kind.TWO', 'User.arn']);
    expect(unnamed('', '')).toEqual(['Kind.TWO', 'User.arn']);
    expect(unnamed(changelog(), changelog('- `User.arn` is nullable'))).toEqual(['Kind.TWO']);
    expect(unnamed(changelog(), changelog('- `User.arn` is nullable, `Kind.TWO` gone'))).toEqual([]);
    expect(unnamed(changelog(), changelog('- User.arn is nullable, `Kind` is not'))).toEqual(['Kind.TWO', 'User.arn']);
  });

  test('may name all fields of a type, or a field of all types', () => {
    expect(unnamed(changelog(), changelog('- `User.*`'))).toEqual(['Kind.TWO']);
    expect(unnamed(changelog(), changelog('- `*.arn`'))).toEqual(['Kind.TWO']);
    expect(unnamed(changelog(), changelog('- `Role.*`, `*.name`'))).toEqual(['Kind.TWO', 'User.arn']);
  });

  test('names a change in the commit that makes it: what an earlier one said does not count', () => {
    const earlier = '- `User.arn` and `Kind.TWO` are new';
    expect(unnamed(changelog(earlier), changelog(earlier))).toEqual(['Kind.TWO', 'User.arn']);
    expect(unnamed(changelog(earlier), changelog('- `User.arn` is nullable, `Kind.TWO` gone', earlier))).toEqual([]);
  });
});
