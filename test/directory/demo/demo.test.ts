import { readFile } from 'node:fs/promises';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { demoCredentials, demoDirectory } from '../../../src/directory/demo/demo.ts';
import { demoTabs } from '../../../src/server/graphiql/demo-tabs.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { aQuestion, aSubject, NOON } from '../../support/questions.ts';

const catalog = await openCatalog();
const access = createAccess(new MemoryDirectory(demoDirectory(), catalog), catalog);

const alice = 'arn:aws:iam::111111111111:user/alice';
const bob = 'arn:aws:iam::222222222222:user/bob';
const dataWriter = 'arn:aws:iam::222222222222:role/DataWriter';
const deployer = 'arn:aws:iam::111111111111:role/Deployer';
const webServer = 'arn:aws:iam::111111111111:role/WebServer';
const auditor = 'arn:aws:iam::111111111111:role/Auditor';
const ownFile = 'arn:aws:s3:::dev-alice/results.csv';
const sharedFile = 'arn:aws:s3:::shared-datasets/results.csv';

async function ask(principal: string, action: string, resource: string, assumedRole: string | null = null) {
  const [answer] = await access.decide([aQuestion(aSubject(principal, assumedRole), action, resource)], NOON);
  if (answer === undefined) throw new Error('no answer');
  const { allowed, effect, deniedBy, matchedStatements } = answer.decision;
  return { allowed, effect, deniedBy, sids: matchedStatements.map(({ sid }) => sid), gaps: answer.gaps };
}

const allowedBy = (...sids: string[]) => ({ allowed: true, effect: 'ALLOWED', deniedBy: null, sids, gaps: [] });
const deniedBy = (deniedBy: string, ...sids: string[]) => ({
  allowed: false,
  effect: sids.length === 0 ? 'IMPLICIT_DENY' : 'EXPLICIT_DENY',
  deniedBy,
  sids,
  gaps: [],
});

describe('alice copies from her own bucket to that of the other account', () => {
  test('as herself: the policy of that bucket names her, and she keeps what she has', async () => {
    expect(await ask(alice, 's3:GetObject', ownFile)).toMatchObject(allowedBy('OwnBucket'));
    const write = await ask(alice, 's3:PutObject', sharedFile);
    expect(write.allowed).toBe(true);
    expect(new Set(write.sids)).toEqual(new Set(['AliceReadsAndWrites', 'SharedDatasets']));
  });

  test('in the role of that account: she writes there, and has given up her own bucket', async () => {
    expect(await ask(alice, 's3:PutObject', sharedFile, dataWriter)).toMatchObject(allowedBy('WriteDatasets'));
    expect(await ask(alice, 's3:GetObject', ownFile, dataWriter)).toMatchObject({ allowed: false, sids: [] });
  });

  test('the routes put it side by side', async () => {
    const needs = [
      { ...aQuestion(alice, 's3:GetObject', ownFile), path: 'needs[0]' },
      { ...aQuestion(alice, 's3:PutObject', sharedFile), path: 'needs[1]' },
    ];
    const routes = await access.accessRoutes(aSubject(alice), needs, {}, NOON);
    expect(routes.map(({ kind, roles, meetsAll }) => [kind, roles, meetsAll])).toEqual([
      ['OWN_IDENTITY', [], true],
      ['ASSUMED_ROLE', [dataWriter], false],
      ['ASSUMED_ROLE', [deployer], false],
    ]);
    expect(routes[1]?.givesUp.map(({ question }) => question.resource)).toEqual([ownFile]);
  });
});

describe('who may assume which role', () => {
  test.each([
    ['alice', alice, [deployer, dataWriter]],
    ['bob', bob, [auditor]],
    ['EC2', 'ec2.amazonaws.com', [webServer]],
  ])('%s', async (_, principal, roles) => {
    const found = await access.assumableRoles(aSubject(principal), {}, NOON);
    const now = found.filter(({ answer }) => answer.decision.allowed).map(({ roleArn }) => roleArn);
    expect(new Set(now)).toEqual(new Set(roles));
  });

  test('Auditor trusts the other account, not its own', async () => {
    expect(await ask(alice, 'sts:AssumeRole', auditor)).toMatchObject({ allowed: false, effect: 'IMPLICIT_DENY' });
    expect(await ask(bob, 's3:ListBucket', 'arn:aws:s3:::dev-alice', auditor)).toMatchObject(
      allowedBy('LookAtBuckets'),
    );
    expect(await ask(bob, 's3:ListBucket', 'arn:aws:s3:::dev-alice')).toMatchObject({ allowed: false });
  });

  test('the role for EC2 has an AWS managed policy of the catalogue', async () => {
    const update = await ask('ec2.amazonaws.com', 'ssm:UpdateInstanceInformation', '*', webServer);
    expect(update).toMatchObject({ allowed: true, gaps: [] });
  });
});

describe('each layer denies something', () => {
  test('the service control policy: what her own policy allows', async () => {
    expect(await ask(alice, 's3:DeleteBucket', 'arn:aws:s3:::dev-alice')).toEqual(
      deniedBy('SERVICE_CONTROL_POLICY', 'NobodyDeletesBuckets'),
    );
    expect(await ask(bob, 's3:DeleteBucket', 'arn:aws:s3:::shared-datasets')).toMatchObject(allowedBy('OwnsDatasets'));
  });

  test('the permissions boundary: she cannot make herself an administrator', async () => {
    expect(await ask(alice, 'iam:AttachUserPolicy', alice)).toEqual(deniedBy('PERMISSIONS_BOUNDARY'));
    expect((await ask(alice, 'iam:GetUser', alice)).allowed).toBe(true);
  });

  test('the resource control policy: what the bucket opens to the world', async () => {
    const readme = 'arn:aws:s3:::shared-datasets/public/readme.txt';
    expect(await ask('anonymous', 's3:GetObject', readme)).toEqual(
      deniedBy('RESOURCE_CONTROL_POLICY', 'NobodyFromOutside'),
    );
    expect((await ask(alice, 's3:GetObject', readme)).allowed).toBe(true);
  });
});

test('everybody who can sign in is somebody of the demo', () => {
  const owners = (demoDirectory().accessKeys ?? []).map(({ id, user, service }) => [id, user ?? service]);
  expect(owners).toEqual(demoCredentials.map(({ accessKeyId, principalId }) => [accessKeyId, principalId]));
  expect(demoCredentials.map(({ principalId }) => principalId)).toEqual([alice, bob, 'ec2.amazonaws.com']);
  expect(demoCredentials.filter(({ accessKeyId }) => !/^AKIA[A-Z2-7]{16}$/.test(accessKeyId))).toEqual([]);
  expect(demoDirectory().users?.map(({ arn }) => arn)).toEqual([alice, bob]);
});

describe('the tabs of GraphiQL', async () => {
  const schema = buildSchema(await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

  test.each(demoTabs)(
    '$title is a valid request of one operation, named like the tab',
    ({ title, query, variables }) => {
      const document = parse(query);
      expect(validate(schema, document).map((error) => error.message)).toEqual([]);
      const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
      expect(operations.map((operation) => operation.name?.value)).toEqual([title]);
      const names = operations.flatMap(({ variableDefinitions }) =>
        variableDefinitions?.map((each) => each.variable.name.value),
      );
      expect(new Set(Object.keys(JSON.parse(variables ?? '{}')))).toEqual(new Set(names));
    },
  );
});
