import { buildSchema as fromText } from 'graphql';
import { describe, expect, test } from 'vitest';
import { GUARDS } from '../../src/graphql/guards/table.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { EXCEPTIONS } from './schema/exceptions.ts';
import { lint } from './schema/lint.ts';

test('the schema keeps its rules, and no exception is left that none needs', () => {
  expect(lint(buildSchema(), Object.keys(GUARDS), EXCEPTIONS)).toEqual([]);
});

// A schema that keeps all rules, into which faults are planted.
const SOUND = `
"A number of an account"
scalar AccountId
"A name of something"
scalar Arn
"Who makes requests"
scalar PrincipalId
"When it is"
scalar DateTime
"What a policy says"
scalar PolicyDocument
"The keys of a request"
scalar RequestContext
"A state of the directory"
scalar Revision
"What became of it"
enum Outcome {
  "It was done"
  DONE
}
"Where a page stands"
type PageInfo {
  "There is more"
  hasNextPage: Boolean!
}
"Somebody with a name"
type User {
  "Its ARN"
  arn: Arn!
  "Its unique id"
  uniqueId: String
}
"Users, a page at a time"
type UserConnection {
  "The entries"
  edges: [UserEdge!]!
  "The users"
  nodes: [User!]!
  "Where it stands"
  pageInfo: PageInfo!
  "How many there are"
  totalCount: Int!
}
"One of the users"
type UserEdge {
  "Where it stands"
  cursor: String!
  "The user"
  node: User!
}
"Which users"
input UserFilterInput {
  "Of this account"
  accountId: AccountId
}
"Which user"
input DeleteUserInput {
  "The user"
  userArn: Arn!
}
"Questions, of whoever"
type Query {
  "One user"
  user("Its ARN" arn: Arn!): User
  "All of them"
  users("Which" filter: UserFilterInput, "How many" first: Int, "Behind this" after: String): UserConnection
}
"Changes, by whoever"
type Mutation {
  "Away with a user"
  deleteUser("Which one" input: DeleteUserInput!): User
}
`;

const GUARDED = ['User.uniqueId', 'Query.user'];

function faultsOf(sdl: string, guarded: readonly string[] = GUARDED): readonly string[] {
  return lint(fromText(sdl), guarded, {});
}

function planted(from: string, to: string): string {
  expect(SOUND.split(from).length, `${from} stands in the sound schema once`).toBe(2);
  return SOUND.replace(from, to);
}

interface Plant {
  readonly fault: string;
  readonly from: string;
  readonly to: string;
  readonly found: readonly string[];
}

const PLANTS: readonly Plant[] = [
  {
    fault: 'a guarded field that takes its parent along',
    from: 'uniqueId: String',
    to: 'uniqueId: String!',
    found: ['guardedIsNullable: User.uniqueId needs a right of its own, and is String!'],
  },
  {
    fault: 'a guard of a field that is not there',
    from: '  "Its unique id"\n  uniqueId: String\n',
    to: '',
    found: ['guardedIsNullable: User.uniqueId is guarded, and not there'],
  },
  {
    fault: 'a mutation that takes the others along',
    from: 'input: DeleteUserInput!): User',
    to: 'input: DeleteUserInput!): User!',
    found: ['mutationIsNullable: Mutation.deleteUser is a root field of Mutation, and is User!'],
  },
  {
    fault: 'a second connection of one noun',
    from: '"One of the users"',
    to: `"Users of an account"
type AccountUsersConnection {
  "The entries"
  edges: [UserEdge!]!
  "The users"
  nodes: [User!]!
  "Where it stands"
  pageInfo: PageInfo!
  "How many there are"
  totalCount: Int!
}
"One of the users"`,
    found: ['connectionsHaveOneForm: AccountUsersConnection lists User: UserConnection'],
  },
  {
    fault: 'a connection with entries that may be null',
    from: 'nodes: [User!]!',
    to: 'nodes: [User]!',
    found: ['connectionsHaveOneForm: UserConnection.nodes is [User]! and has to be [User!]!'],
  },
  {
    fault: 'a connection that does not count',
    from: '  "How many there are"\n  totalCount: Int!\n',
    to: '',
    found: ['connectionsHaveOneForm: UserConnection.totalCount is missing and has to be Int!'],
  },
  {
    fault: 'an edge without its node',
    from: 'node: User!',
    to: 'user: User!',
    found: ['connectionsHaveOneForm: UserEdge.node is missing and has to be User!'],
  },
  {
    fault: 'a page by another name',
    from: '"Where a page stands"',
    to: `"Some users"
type UserPage {
  "Where it stands"
  pageInfo: PageInfo!
}
"Where a page stands"`,
    found: ['connectionsHaveOneForm: UserPage is a page of something, and not named …Connection'],
  },
  {
    fault: 'a connection that cannot be gone through',
    from: ', "Behind this" after: String',
    to: '',
    found: ['connectionsArePaged: Query.users takes `first` and `after`, and `last` with `before`'],
  },
  {
    fault: 'half a way back',
    from: '"Behind this" after: String',
    to: '"Behind this" after: String, "How many" last: Int',
    found: ['connectionsArePaged: Query.users takes `first` and `after`, and `last` with `before`'],
  },
  ...[
    ['a type', '"Somebody with a name"\n', '', 'User'],
    ['a field', '  "Its ARN"\n  arn', '  arn', 'User.arn'],
    ['an argument', '"How many" first', 'first', 'Query.users(first)'],
    ['a field of an input', '  "Of this account"\n', '', 'UserFilterInput.accountId'],
    ['a value of an enum', '  "It was done"\n', '', 'Outcome.DONE'],
    ['a scalar, in three characters', '"A number of an account"', '"A N"', 'AccountId'],
  ].map(([what, from = '', to = '', at]) => ({
    fault: `${what} that is not described`,
    from,
    to,
    found: [`everythingIsDescribed: ${at} has no description`],
  })),
  {
    fault: 'a full stop',
    from: '"One user"',
    to: '"One user."',
    found: ['everythingIsDescribed: Query.user has a description that ends in a full stop'],
  },
  ...[
    ['userArn: Arn!', 'userArn: String!', 'DeleteUserInput.userArn', 'String!', 'Arn'],
    ['accountId: AccountId', 'accountId: String', 'UserFilterInput.accountId', 'String', 'AccountId'],
    ['uniqueId: String', 'uniqueId: String, "When" createdAt: Int', 'User.createdAt', 'Int', 'DateTime'],
    [
      'uniqueId: String',
      'uniqueId: String, "What" trustPolicy: String',
      'User.trustPolicy',
      'String',
      'PolicyDocument',
    ],
    ['uniqueId: String', 'uniqueId: String, "When" revision: ID', 'User.revision', 'ID', 'Revision'],
    ['uniqueId: String', 'uniqueId: String, "What" outcome: String', 'User.outcome', 'String', 'an enum'],
    [
      'uniqueId: String',
      'uniqueId: String, "Those" principals: [String], "By whom" assumedBy: [String!]',
      'User.assumedBy',
      '[String!]',
      'PrincipalId',
    ],
  ].map(([from = '', to = '', at, is, scalar]) => ({
    fault: `${at} as a ${is}`,
    from,
    to,
    found: [`scalarsSayMost: ${at} is ${is} and could be ${scalar}`],
  })),
  {
    fault: 'an ARN by another name',
    from: 'userArn: Arn!',
    to: 'user: Arn!',
    found: ['argumentNames: DeleteUserInput.user is a Arn, which is called `arn`, `…Arn`, `resource` or `assumedRole`'],
  },
  {
    fault: 'a filter by another name',
    from: '"Which" filter: UserFilterInput',
    to: '"Which" only: UserFilterInput',
    found: ['argumentNames: Query.users(only) is a UserFilterInput, which is called `filter`'],
  },
  {
    fault: 'a principal by another name',
    from: '"Its ARN" arn: Arn!',
    to: '"By whom" who: PrincipalId!',
    found: ['argumentNames: Query.user(who) is a PrincipalId, which is called `principal`'],
  },
  {
    fault: 'one name with two types',
    from: 'userArn: Arn!',
    to: 'userArn: Arn!, "Why it is" reason: String }\n"More of it"\ninput OtherInput { "Why it is" reason: Boolean',
    found: ['argumentNames: DeleteUserInput.reason is String; elsewhere `reason` is a Boolean'],
  },
  {
    fault: 'a page that begins behind a number',
    from: '"Behind this" after: String',
    to: '"Behind this" after: Int',
    found: ['argumentNames: Query.users(after) is Int, and `after` pages through connections'],
  },
];

describe('the linter', () => {
  test('finds nothing in a schema that keeps the rules', () => {
    expect(faultsOf(SOUND)).toEqual([]);
  });

  test.each(PLANTS)('finds $fault', ({ from, to, found }) => {
    expect(faultsOf(planted(from, to))).toEqual(found);
  });

  test('leaves out what is excepted, by rule and element', () => {
    const faulty = fromText(planted('uniqueId: String', 'uniqueId: String!'));
    const reason = 'clients rely on it';
    expect(lint(faulty, GUARDED, { guardedIsNullable: { 'User.uniqueId': reason } })).toEqual([]);
    expect(lint(faulty, GUARDED, { guardedIsNullable: { 'User.arn': reason } })).toEqual([
      'guardedIsNullable: User.uniqueId needs a right of its own, and is String!',
      'guardedIsNullable: User.arn is excepted and needs no exception',
    ]);
  });

  test('refuses exceptions that are not needed, and those of rules that there are not', () => {
    expect(lint(fromText(SOUND), GUARDED, { scalarsSayMost: { 'User.arn': 'x' }, noRule: {} })).toEqual([
      'scalarsSayMost: User.arn is excepted and needs no exception',
      'noRule: there are exceptions of this rule, and no such rule',
    ]);
  });
});
