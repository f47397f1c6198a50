import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isScalarType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSchema } from '../../src/graphql/schema.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aUser, userArn } from '../support/policies.ts';
import { ANONYMOUS, OPERATOR } from './gateway.ts';
import { type Live, openLive } from './live.ts';
import { OPENING, type TestServices } from './services.ts';

const mutations = Object.values(buildSchema().getMutationType()?.getFields() ?? {}).filter(
  ({ args }) => args.length > 0,
);

let services: TestServices;
let live: Live;
let admin: Caller;

beforeAll(async () => {
  ({
    services,
    live,
    callers: { admin },
  } = await openLive(
    { admin: userArn('admin') },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('admin', [allow('*')])],
    },
  ));
}, OPENING);
afterAll(() => services.remove());

const ARNS: Readonly<Record<string, string>> = {
  keyArn: `arn:aws:kms:eu-west-1:${A}:key/none`,
  resourceArn: 'arn:aws:s3:::none',
  userArn: userArn('nobody'),
  policyArn: `arn:aws:iam::${A}:policy/none`,
  permissionsBoundary: `arn:aws:iam::${A}:policy/none`,
  groupArn: `arn:aws:iam::${A}:group/none`,
  serialNumber: `arn:aws:iam::${A}:mfa/none`,
  instanceProfileArn: `arn:aws:iam::${A}:instance-profile/none`,
  instanceProfile: `arn:aws:iam::${A}:instance-profile/none`,
  arn: `arn:aws:iam::${A}:oidc-provider/none.example.com`,
};

/** An input of this type with `text` wherever it takes a text. */
function inputOf(type: GraphQLInputType, field: string, text: string): unknown {
  const given = getNullableType(type);
  if (isListType(given)) return [inputOf(given.ofType, field, text)];
  if (isInputObjectType(given)) {
    const entries = Object.values(given.getFields()).map(({ name, type: of }) => [name, inputOf(of, name, text)]);
    return Object.fromEntries(entries);
  }
  if (isEnumType(given)) return given.getValues().at(-1)?.name;
  if (!isScalarType(given)) throw new Error(`no input for ${field}`);
  const values: Readonly<Record<string, unknown>> = {
    String: text,
    ID: text,
    Int: 3600,
    Boolean: false,
    Arn: ARNS[field] ?? `arn:aws:iam::${A}:role/none`,
    AccountId: A,
    DateTime: '2030-01-01T00:00:00Z',
    PrincipalId: userArn('nobody'),
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: text, Resource: text }] },
  };
  return values[given.name];
}

const REFUSALS = /^(ValidationError|MalformedPolicyDocument|NoSuchEntity|AccessDenied|AuthenticationFailed|FORBIDDEN)$/;
/** What takes no text, or any text that can be stored. */
const TAKEN: Readonly<Record<string, RegExp>> = {
  createOrganization: /^(CreateOrganizationSuccess|EntityAlreadyExists|AccessDenied)$/,
  putAccountName: /^(AccountChangeSuccess|ValidationError|AccessDenied)$/,
};
/** May be done by those who are nobody yet. */
const BEFORE_SIGN_IN = new Set(['signIn', 'assumeRoleWithWebIdentity']);

/** Its changes are those of the other mutations. */
const OF_OTHERS = new Set(['applyChanges']);

describe.each(mutations.map(({ name }) => name).filter((name) => !OF_OTHERS.has(name)))('%s', (name) => {
  test.each([
    ['U+0000', 'a\0b'],
    ['nothing', ''],
    ['a lone surrogate', 'a\ud800b'],
    ['100,000 characters', 'x'.repeat(100_000)],
    ['what SQL and JSON quote', `'"; DROP TABLE "User"; --\\`],
  ])('answers %s with what is wrong with it', async (_what, text) => {
    const type = mutations.find((mutation) => mutation.name === name)?.args.find((arg) => arg.name === 'input')?.type;
    if (type === undefined) throw new Error(`${name} has no input`);
    const input = Object(inputOf(type, 'input', text));
    // This one takes no text, and is the operator's.
    const byOperator = name === 'rotateSigningKey' ? /^RotateSigningKeySuccess$/ : (TAKEN[name] ?? REFUSALS);
    expect(await live.outcome(OPERATOR, name, input)).toMatch(byOperator);
    expect(await live.outcome(admin, name, input)).toMatch(TAKEN[name] ?? REFUSALS);
    const byNobody = BEFORE_SIGN_IN.has(name) ? REFUSALS : /^UNAUTHENTICATED$/;
    expect(await live.outcome(ANONYMOUS, name, input)).toMatch(byNobody);
  });
});
