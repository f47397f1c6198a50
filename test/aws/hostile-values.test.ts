import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/aws/operations/operations.ts';
import { memberType, SERVICES, type ServiceName, structureOf } from '../../src/aws/wire/shapes.ts';
import { NOW, openedDoor, outcome, textOf } from './door.ts';
import { form, sign } from './signed.ts';

// Values that no client sends, from somebody who may do everything: what the guards would stop is not what is tested here.

const ACCOUNT = '111111111111';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const ADMIN = 'AKIAADMINAAAAAAAAAAA';
const ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const TRUST = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${arn('root')}"},"Action":"sts:AssumeRole"}]}`;

const door = openedDoor(() => ({
  accounts: [{ id: ACCOUNT }],
  groups: [{ arn: arn('group/Group') }],
  users: [{ arn: arn('user/admin'), inlinePolicies: [{ name: 'All', document: ALL }] }, { arn: arn('user/User') }],
  roles: [{ arn: arn('role/Role'), trustPolicy: TRUST }],
  policies: [{ arn: arn('policy/Policy'), defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: ALL }] }],
  accessKeys: [{ id: ADMIN, user: arn('user/admin') }],
}));

type Parameters = Readonly<Record<string, string>>;

const ask = (service: ServiceName, action: string, parameters: Parameters) =>
  door.send(sign(door.key(ADMIN), { at: NOW, service, body: form(action, parameters, service) }));

/** Parameters that name what is there. */
const GIVEN: Parameters = {
  RoleName: 'Role',
  UserName: 'User',
  GroupName: 'Group',
  RoleArn: arn('role/Role'),
  RoleSessionName: 'session',
  PolicyArn: arn('policy/Policy'),
  VersionId: 'v1',
  PolicyName: 'Own',
  PolicyDocument: ALL,
  PermissionsBoundary: arn('policy/Policy'),
  PolicySourceArn: arn('user/User'),
  'ActionNames.member.1': 's3:GetObject',
  'PolicyInputList.member.1': ALL,
  SerialNumber: arn('mfa/phone'),
  OpenIDConnectProviderArn: arn('oidc-provider/x.example'),
  Url: 'https://x.example',
  ClientID: 'client',
  AccessKeyId: 'AKIANOTTHEREAAAAAAAA',
  Status: 'Active',
  Name: 'name',
  EncodedMessage: 'message',
  InstanceProfileName: 'Profile',
  VirtualMFADeviceName: 'phone',
  AuthenticationCode1: '000000',
  AuthenticationCode2: '000000',
  WebIdentityToken: 'a.b.c',
  AssumeRolePolicyDocument: ALL,
  Description: 'description',
  AccountAlias: 'alias',
  'Tags.member.1.Key': 'team',
  'Tags.member.1.Value': 'a',
  'TagKeys.member.1': 'team',
};

const services: readonly ServiceName[] = ['sts', 'iam'];
const served = services.flatMap((service) =>
  Object.keys(OPERATIONS[service]).map((action) => ({
    service,
    action,
    input: SERVICES[service].operations[action]?.[0] ?? null,
  })),
);

/** Names of all texts in a structure, as a form has them. */
function textsOf(service: ServiceName, structure: string, levels = 4): readonly string[] {
  return Object.entries(structureOf(service, structure)).flatMap(([member, type]) =>
    textsIn(service, type, levels).map((below) => `${member}${below}`),
  );
}

function textsIn(service: ServiceName, type: string, levels: number): readonly string[] {
  const { kind, of } = memberType(type);
  if (levels === 0) return [];
  if (kind === 'scalar') return of === 'string' ? [''] : [];
  if (kind === 'structure') return textsOf(service, of, levels - 1).map((below) => `.${below}`);
  if (kind === 'list') return textsIn(service, of, levels - 1).map((below) => `.member.1${below}`);
  return [];
}

/** One of the texts with a value, and the others of the structure that it is in. */
function withSiblings(texts: readonly string[], name: string, value: string): Parameters {
  const parent = name.slice(0, name.lastIndexOf('.') + 1);
  const siblings = texts.filter((each) => parent !== '' && each.slice(0, each.lastIndexOf('.') + 1) === parent);
  return { [name]: value, ...Object.fromEntries(siblings.filter((each) => each !== name).map((each) => [each, 'x'])) };
}

/** The parameters that an operation requires, with those of `changed` in place of them. */
function requiredOf(service: ServiceName, input: string, changed: Parameters): Parameters {
  const required = Object.entries(structureOf(service, input)).flatMap(([member, type]) =>
    memberType(type).required ? textsIn(service, type, 3).map((below) => `${member}${below}`) : [],
  );
  const [first = ''] = Object.keys(changed)[0]?.split('.') ?? [];
  const others = required.filter((name) => name.split('.')[0] !== first);
  return { ...Object.fromEntries(others.map((name) => [name, GIVEN[name] ?? `no ${name}`])), ...changed };
}

const cases = served.flatMap(({ service, action, input }) =>
  input === null ? [] : [{ service, action, input, texts: textsOf(service, input) }],
);

test('there is a value for everything that an operation requires', async () => {
  const missing = cases.flatMap(({ service, input }) =>
    Object.values(requiredOf(service, input, {})).filter((value) => value.startsWith('no ')),
  );
  expect(missing).toEqual([]);
});

describe.each(cases)('$service $action', ({ service, action, input, texts }) => {
  test('takes U+0000 in no text', async () => {
    for (const name of texts) {
      const answer = await ask(service, action, requiredOf(service, input, withSiblings(texts, name, 'x\0')));
      expect([name, outcome(answer)]).toEqual([name, '400 ValidationError']);
      expect(textOf(answer, 'Message')).toMatch(/failed to satisfy constraint: Member must not contain U\+0000$/);
    }
  });

  test('repeats nothing that is long', async () => {
    for (const name of texts) {
      for (const long of ['x'.repeat(100_000), arn(`policy/${'x'.repeat(100_000)}`)]) {
        const answer = await ask(service, action, requiredOf(service, input, withSiblings(texts, name, long)));
        expect([name, answer.unexpected]).toEqual([name, null]);
        expect([name, answer.body.length < 5_000]).toEqual([name, true]);
      }
    }
  });
});

/** A policy with texts that JSON can hold and PostgreSQL cannot: as escapes they are plain ASCII. */
function escaped(document: string, text: string): string {
  return document.replaceAll(
    '"Allow"',
    `"Allow","Sid":"S","Condition":{"StringLike":{"aws:RequestTag/${text}":["${text}","x"]}}`,
  );
}

const stored = [
  ['PutUserPolicy', 'GetUserPolicy', { UserName: 'User', PolicyName: 'Own' }, ALL],
  ['PutRolePolicy', 'GetRolePolicy', { RoleName: 'Role', PolicyName: 'Own' }, ALL],
  ['UpdateAssumeRolePolicy', 'GetRole', { RoleName: 'Role' }, TRUST],
] as const;

describe.each([String.raw`\u0000`, String.raw`\ud800`, String.raw`\uffff`])('%s in a policy', (text) => {
  test.each(stored)('%s keeps it as it was written', async (put, get, named, document) => {
    for (const PolicyDocument of [
      escaped(document, text),
      document.replace(/"(?=\}\]\}$)/, `${text}"`).replace('"*"', `"${text}"`),
    ]) {
      const answer = await ask('iam', put, { ...named, PolicyDocument });
      expect(answer.unexpected).toBeNull();
      if (answer.status !== 200) continue;
      const kept = await ask('iam', get, named);
      expect(
        decodeURIComponent(textOf(kept, get === 'GetRole' ? 'AssumeRolePolicyDocument' : 'PolicyDocument') ?? ''),
      ).toBe(PolicyDocument);
      expect(outcome(await ask('iam', 'GetAccountAuthorizationDetails', {}))).toBe('200');
    }
    expect(outcome(await ask('iam', put, { ...named, PolicyDocument: document }))).toBe('200');
  });

  test('of a session or a simulation', async () => {
    const role = { RoleArn: arn('role/Role'), RoleSessionName: 'session' };
    expect((await ask('sts', 'AssumeRole', { ...role, Policy: escaped(ALL, text) })).unexpected).toBeNull();
    const simulated = { 'PolicyInputList.member.1': escaped(ALL, text), 'ActionNames.member.1': 's3:GetObject' };
    expect((await ask('iam', 'SimulateCustomPolicy', simulated)).unexpected).toBeNull();
  });
});

describe('a marker that nobody was given', () => {
  const lists = served.filter(({ service, input }) => input !== null && 'Marker' in structureOf(service, input));

  test.each(lists)('$action', async ({ service, action, input }) => {
    for (const key of ['', '-5', '1e400', '0.5', '99999999999999999999', 'NaN', '\0', '\ud800', 'Role x', "'"]) {
      const Marker = Buffer.from(JSON.stringify([action, key, key])).toString('base64url');
      const answer = await ask(service, action, requiredOf(service, input ?? '', { Marker }));
      expect([key, answer.unexpected]).toEqual([key, null]);
    }
  });

  test('of a simulation is the place of an action', async () => {
    const simulated = { 'PolicyInputList.member.1': ALL, 'ActionNames.member.1': 's3:GetObject' };
    const at = (key: string) => Buffer.from(JSON.stringify(['SimulateCustomPolicy', key, ''])).toString('base64url');
    for (const key of ['-2', '-1', '1e0', '0.5', '', 'x', '1000000000']) {
      expect(await door.told(signedFor({ ...simulated, Marker: at(key) }))).toEqual([
        '400 ValidationError',
        'Invalid Marker',
      ]);
    }
    expect(outcome(await ask('iam', 'SimulateCustomPolicy', { ...simulated, Marker: at('999999999') }))).toBe('200');
  });
});

const signedFor = (parameters: Parameters) =>
  sign(door.key(ADMIN), { at: NOW, service: 'iam', body: form('SimulateCustomPolicy', parameters, 'iam') });

test('a simulation repeats keys and resources within a limit', async () => {
  const condition = { StringEquals: { [`aws:RequestTag/${'k'.repeat(100_000)}`]: 'x' } };
  const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition };
  const actions = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_one, index) => [`ActionNames.member.${index + 1}`, 's3:GetObject']),
    );
  const simulated = {
    'PolicyInputList.member.1': JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    MaxItems: '1000',
  };
  expect(outcome(await ask('iam', 'SimulateCustomPolicy', { ...simulated, ...actions(40) }))).toBe('200');
  expect(await door.told(signedFor({ ...simulated, ...actions(100) }))).toEqual([
    '400 InvalidInput',
    expect.stringContaining('would repeat more than 10000000 characters'),
  ]);
});
