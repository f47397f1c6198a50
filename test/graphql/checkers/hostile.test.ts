import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSchema } from '../../../src/graphql/schema.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { literalSelection, operationOf, type Values } from '../every-field.ts';
import { faultsOf, type Gateway, gatewayOn, NOW, OPERATOR } from '../gateway.ts';
import { arn, guardedWorld, MEMBER, policy } from '../guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

// A checker tries everything that the schema has, now and later: what is not named here it may not have.

const WORKER = arn(MEMBER, 'user/worker');
const WRITER = arn(MEMBER, 'role/team/Writer');
const MANAGED = arn(MEMBER, 'policy/ReadsLogs');
const BUCKET = 'arn:aws:s3:::logs';
const DOCUMENT = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });

/** What is there, so that nothing is refused because of what was given. */
const VALUES: Values = {
  AccountId: MEMBER,
  Arn: BUCKET,
  PrincipalId: WORKER,
  PolicyDocument: DOCUMENT,
  String: 'name',
  Boolean: true,
  Int: 1,
  ID: Buffer.from(`User:${WORKER}`).toString('base64url'),
  DateTime: new Date(NOW).toISOString(),
  action: 's3:GetObject',
  resource: `${BUCKET}/1`,
  resources: `${BUCKET}/1`,
  roleArn: WRITER,
  assumedRole: WRITER,
  userArn: WORKER,
  groupArn: arn(MEMBER, 'group/people'),
  policyArn: MANAGED,
  permissionsBoundary: MANAGED,
  serialNumber: arn(MEMBER, 'mfa/phone'),
  document: DOCUMENT,
};
const ORGANIZATION = 'o-first00000';
/** What is not asked with the same values as all others. */
const OWN_VALUES: Readonly<Record<string, Values>> = {
  organization: { ID: ORGANIZATION },
  checkNoPublicAccess: { PolicyKind: 'RESOURCE_POLICY' },
};

const schema = buildSchema();
const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

let services: TestServices;
let gateway: Gateway;
let checker: Caller;
let searcher: Caller;

async function made(search: boolean): Promise<Caller> {
  const input = { name: 'hostile', accountIds: null, actions: null, search, expiresAt: null };
  const { token } = await services.sessions.createChecker(OPERATOR, input, NOW);
  return services.signInWith(token);
}

beforeAll(async () => {
  services = await openServices(guardedWorld());
  gateway = gatewayOn(services);
  [checker, searcher] = [await made(false), await made(true)];
}, OPENING);
afterAll(() => services.remove());

describe('of all queries, a checker of the operator for all accounts', () => {
  const operationFor = (name: string) => {
    const field = queries.find((one) => one.name === name);
    if (field === undefined) throw new Error(`no query ${name}`);
    const operation = operationOf('query', field, { ...VALUES, ...OWN_VALUES[name] });
    // It needs one of two arguments.
    if (name === 'checkAccessNotGranted') {
      const query = operation.query.replace('document: $document', 'actions: ["s3:GetObject"], document: $document');
      return { ...operation, query };
    }
    if (name !== 'compareAccess') return operation;
    const query = operation.query.replace('principal: $principal', `principal: $principal, assumedRole: "${WRITER}"`);
    return { ...operation, query };
  };
  const answered = async (caller: Caller, name: string) => {
    const { query, variables } = operationFor(name);
    return gateway.ask(caller, query, variables);
  };
  const names = queries.map(({ name }) => name);

  test.each(names)(
    '%s answers the operator: what a checker is refused is not refused because of what it gives',
    async (name) => {
      const { data, errors } = await answered(OPERATOR, name);
      expect(errors ?? []).toEqual([]);
      expect(data?.[name]).not.toBeNull();
    },
  );

  const ASKED = ['decision', 'decisions', 'decisionsFor', 'allowedResources', 'principal', 'viewer'];

  test.each(ASKED)('%s is answered', async (name) => {
    const { data, errors } = await answered(checker, name);
    expect(errors ?? []).toEqual([]);
    expect(data?.[name]).not.toBeNull();
  });

  test('whoCan is answered to one that was made with `search`, and to no other', async () => {
    expect((await answered(searcher, 'whoCan')).data?.['whoCan']).toEqual({ __typename: 'PrincipalAccessConnection' });
    const refused = await answered(checker, 'whoCan');
    expect(refused.data).toEqual({ whoCan: null });
    expect(faultsOf(refused)).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  test.each(names.filter((name) => ![...ASKED, 'whoCan'].includes(name)))('%s is null', async (name) => {
    for (const caller of [checker, searcher]) {
      const result = await answered(caller, name);
      expect(result.data?.[name] ?? null).toBeNull();
      for (const { code } of faultsOf(result)) expect(code).toBe('FORBIDDEN');
    }
  });
});

describe('of all mutations, a checker', () => {
  /** Its file comes in a multipart request, which is refused before its body is read. */
  const UPLOADS = ['importDirectory'];
  const names = mutations.map(({ name }) => name).filter((name) => !UPLOADS.includes(name));

  test.each(names.filter((name) => name !== 'rotateChecker'))(
    '%s is refused, changes nothing, and is in the trail',
    async (name) => {
      const field = mutations.find((one) => one.name === name);
      if (field === undefined) throw new Error(`no mutation ${name}`);
      const [revision, events] = [await services.directory.revision(), await services.directory.audit.count({})];
      const { query, variables } = operationOf('mutation', field, VALUES);
      const { data, errors } = await gateway.ask(checker, query, variables);
      // Where the result has no member for it, it is an error.
      expect(['{"__typename":"AccessDenied"}', '"FORBIDDEN"']).toContain(
        JSON.stringify(data?.[name] ?? errors?.[0]?.extensions?.['code']),
      );
      expect(await services.directory.revision()).toBe(revision);
      const [event] = (await services.directory.audit.list({ limit: 1000 })).slice(events);
      const principal = checker.kind === 'checker' ? `checker/${checker.checker.id}` : '';
      expect(event).toMatchObject({ principal, outcome: 'REFUSED', code: 'AccessDenied' });
    },
  );

  test('rotateChecker is refused on another checker, by the same answer whether it is there or not', async () => {
    const query = `mutation ($input: RotateCheckerInput) { rotateChecker(input: $input) { __typename ... on UserError { message } } }`;
    const checkerId = searcher.kind === 'checker' ? searcher.checker.id : '';
    const there = await gateway.ask(checker, query, { input: { checkerId } });
    expect(there.data).toMatchObject({ rotateChecker: { __typename: 'AccessDenied' } });
    const absent = '00000000-0000-0000-0000-000000000000';
    expect(await gateway.ask(checker, query, { input: { checkerId: absent } })).toEqual(there);
  });
});

describe('of what it is told about', () => {
  const DECISION = `decision(request: { principal: "${WORKER}", assumedRole: "${WRITER}", action: "s3:PutObject", resource: "${BUCKET}/1" })`;
  const fieldsOf = (name: string) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`no type ${name}`);
    return Object.values(type.getFields());
  };

  const decision = async (selection: string): Promise<unknown> =>
    (await gateway.ask(checker, `{ ${DECISION} { ${selection} } }`)).data?.['decision'] ?? null;

  test.each([
    ['User', 'principal'],
    ['Role', 'assumedRole'],
  ])('of a %s, a checker gets its names, and what it may ask there', async (type, place) => {
    const got: string[] = [];
    for (const field of fieldsOf(type)) {
      const selection = `is: ${place} { ... on ${type} { ${literalSelection(field, VALUES)} } }`;
      const answer = (await decision(selection)) as { readonly is: Record<string, unknown> | null } | null;
      if ((answer?.is?.[field.name] ?? null) !== null) got.push(field.name);
    }
    expect(got.toSorted()).toEqual(['account', 'arn', 'can', 'id', 'name', 'path', 'principalId']);
  });

  test('of an account, its number', async () => {
    const got: string[] = [];
    for (const field of fieldsOf('Account')) {
      const selection = `principal { account { ${literalSelection(field, VALUES)} } }`;
      const answer = (await decision(selection)) as { principal: { account: Record<string, unknown> } };
      if ((answer.principal.account[field.name] ?? null) !== null) got.push(field.name);
    }
    expect(got.toSorted()).toEqual(['accountId', 'id']);
  });

  test('of itself, what it is; not who made it, nor how it is used', async () => {
    const nothing = { maker: null, lastUsedAt: null };
    const query = `{ viewer { kind userId account { id } roleSession { id } restoresTo { principalId }
      principal { principalId name ... on Checker { checkerId scope accountIds actions search expiresAt maker { name } lastUsedAt } } } }`;
    const { data, errors } = await gateway.ask(checker, query);
    const id = checker.kind === 'checker' ? checker.checker.id : '';
    expect(data).toMatchObject({
      viewer: {
        kind: 'CHECKER',
        userId: `checker/${id}`,
        account: null,
        roleSession: null,
        restoresTo: null,
        principal: {
          principalId: `checker/${id}`,
          name: 'hostile',
          checkerId: id,
          scope: 'ALL',
          actions: ['*'],
          ...nothing,
        },
      },
    });
    expect(errors?.map(({ path }) => path?.at(-1)).toSorted()).toEqual(['lastUsedAt', 'maker']);
  });
});
