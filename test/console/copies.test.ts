import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { asCli, asCommand, asCurl, asGraphql } from '../../src/console/questions/copies.ts';
import { rolegate } from '../support/commands.ts';
import { startedGateway } from '../support/gateway.ts';

const CURL = fileURLToPath(new URL('../support/curl.mjs', import.meta.url));
const BOB = 'arn:aws:iam::222222222222:user/bob';
/** A name that shells, JSON and GraphQL each would read in their own way. */
const FILE = `arn:aws:s3:::shared-datasets/it's  $HOME "two" \\ #1.csv`;
const QUESTION = {
  principal: BOB,
  action: 's3:GetObject',
  resource: FILE,
  role: '',
  context: { 'aws:SourceIp': '10.0.0.1', 'aws:TagKeys': ['a "b"', "it's"] },
};

const gateway = startedGateway();

/** What a POSIX shell makes of a text, with functions in the place of programs. */
async function inShell(functions: string, text: string): Promise<string> {
  const env = { ...process.env, ROLEGATE_TOKEN: gateway.as.operator.replace('Bearer ', '') };
  const { stdout } = await promisify(execFile)('sh', ['-c', `${functions}\n${text}`], { env });
  return stdout;
}

/** The words of a command, as the program gets them. */
async function wordsOf(program: string, text: string): Promise<readonly string[]> {
  return (await inShell(`${program}() { for word in "$@"; do printf '%s\\0' "$word"; done; }`, text))
    .split('\0')
    .slice(0, -1);
}

describe('a question that is copied asks the same, to the letter', () => {
  // Only this very name, with both keys, is denied.
  beforeAll(async () => {
    const policyDocument = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Action: 's3:GetObject',
        Resource: FILE.replace('$', '${$}'),
        Condition: {
          IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
          'ForAnyValue:StringEquals': { 'aws:TagKeys': "it's" },
        },
      },
    };
    await gateway.ask('mutation($input: PutUserPolicyInput!) { putUserPolicy(input: $input) { __typename } }', {
      variables: { input: { userArn: BOB, policyName: 'Odd', policyDocument } },
      authorization: gateway.as.operator,
    });
  });

  test('as GraphQL, in one document', async () => {
    const { body } = await gateway.ask(asGraphql(QUESTION), { authorization: gateway.as.operator });
    expect(body.data.decision).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' });
    const other = await gateway.ask(asGraphql({ ...QUESTION, context: {} }), { authorization: gateway.as.operator });
    expect(other.body.data.decision.effect).toBe('ALLOWED');
  });

  test('as curl', async () => {
    const answer = await inShell(`curl() { node '${CURL}' "$@"; }`, asCurl(QUESTION, gateway.url));
    expect(JSON.parse(answer).data.decision).toMatchObject({ effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' });
  });

  test('as a command of this gateway', async () => {
    const [program, ...args] = await wordsOf('npx', asCommand(QUESTION));
    expect(program).toBe('rolegate');
    const { dataDir } = gateway.settings;
    const { code, out } = await rolegate(args, { cwd: dataDir, env: { ROLEGATE_DATA_DIR: dataDir } });
    expect(out).toContain('with an explicit deny in an identity-based policy');
    expect(code).toBe(1);
  });

  test('as a command of AWS', async () => {
    const words = await wordsOf(
      'aws',
      asCli({ ...QUESTION, role: 'arn:aws:iam::222222222222:role/DataWriter' }, 'http://h'),
    );
    expect(words.slice(0, -1)).toEqual([
      'iam',
      'simulate-principal-policy',
      '--endpoint-url',
      'http://h/aws',
      '--policy-source-arn',
      'arn:aws:iam::222222222222:role/DataWriter',
      '--action-names',
      's3:GetObject',
      '--resource-arns',
      FILE,
      '--context-entries',
    ]);
    expect(JSON.parse(words.at(-1) ?? '')).toEqual([
      { ContextKeyName: 'aws:SourceIp', ContextKeyValues: ['10.0.0.1'], ContextKeyType: 'string' },
      { ContextKeyName: 'aws:TagKeys', ContextKeyValues: ['a "b"', "it's"], ContextKeyType: 'stringList' },
    ]);
  });
});
