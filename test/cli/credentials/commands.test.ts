import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exportsFor } from '../../../src/cli/credentials/shells.ts';
import { startedGateway } from '../../support/gateway.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../../support/policies.ts';
import { rolegate } from './in-process.ts';

const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const started = startedGateway();

/** A user who may do all, and roles that ask for something. */
beforeAll(async () => {
  await started.gateway.services.directory.apply({
    accounts: [{ id: A }],
    users: [aUser('carol', [allow('*')])],
    roles: [
      aRole('External', [trusts({ AWS: A }, { condition: { StringEquals: { 'sts:ExternalId': 'x-1' } } })]),
      aRole('Mfa', [trusts({ AWS: A }, { condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })]),
      aRole('Tagged', [
        trusts(
          { AWS: A },
          {
            action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
            condition: {
              StringEquals: {
                'aws:RequestTag/team': 'red=1',
                'sts:SourceIdentity': 'carol',
                'sts:RoleSessionName': 'job',
              },
            },
          },
        ),
      ]),
      aRole('First', [trusts({ AWS: A })], [allow('sts:AssumeRole')]),
      aRole('Second', [trusts({ AWS: roleArn('First') })]),
    ],
  });
});

let carol: Readonly<Record<string, string>>;
beforeAll(async () => {
  const { accessKeyId, secretAccessKey } = await started.gateway.services.sessions.createAccessKey({
    userArn: userArn('carol'),
  });
  carol = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
});

function demoKey(name: string) {
  const signIn = started.gateway.demo?.signIns.find((each) => each.name === name);
  return { AWS_ACCESS_KEY_ID: signIn?.accessKeyId, AWS_SECRET_ACCESS_KEY: signIn?.secretAccessKey };
}

/** As carol, at this gateway. */
const asCarol = (args: readonly string[], options: { input?: string; isInteractive?: boolean } = {}) =>
  rolegate(args, { env: { ...carol, ROLEGATE_URL: started.url }, ...options });

const sessionOf = async (sessionToken: string) => {
  const query = '{ viewer { principal { principalId } } }';
  const { body } = await started.ask(query, { authorization: `Bearer ${sessionToken}` });
  return body.data.viewer.principal.principalId;
};

describe('credentials', () => {
  test('are those of the role, in the form of credential_process', async () => {
    const args = ['credentials', '--role', DATA_WRITER, '--session-name', 'copy', '--duration-seconds', '900'];
    const { out, error, failure } = await rolegate(args, { env: { ...demoKey('alice'), ROLEGATE_URL: started.url } });
    expect([error, failure]).toEqual(['', null]);
    const printed = JSON.parse(out);
    expect(printed).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9/+]{40}$/),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const { iat = 0, exp = 0 } = decodeJwt(printed.SessionToken);
    expect([exp - iat, exp * 1000]).toEqual([900, Date.parse(printed.Expiration)]);
    expect(await sessionOf(printed.SessionToken)).toBe('arn:aws:sts::222222222222:assumed-role/DataWriter/copy');
  });

  test('are recorded as the command’s, in a session named after the time if it has no name', async () => {
    const { out } = await asCarol(['credentials', '--role', roleArn('First')]);
    expect(await sessionOf(JSON.parse(out).SessionToken)).toMatch(/:assumed-role\/First\/rolegate-session-\d{10}$/);
    const query = '{ auditEvents(first: 100) { nodes { event userAgent principal } } }';
    const { body } = await started.ask(query, { authorization: started.as.operator });
    expect(body.data.auditEvents.nodes).toContainEqual({
      event: 'AssumeRole',
      userAgent: 'rolegate',
      principal: userArn('carol'),
    });
  });

  test('come with what the trust policy asks for', async () => {
    const external = ['credentials', '--role', roleArn('External')];
    expect((await asCarol(external)).failure).toMatch(/ no role trust policy allows .* \(AccessDenied\)$/);
    expect((await asCarol([...external, '--external-id', 'x-1'])).failure).toBeNull();
    const tagged = ['credentials', '--role', roleArn('Tagged'), '--session-name', 'job', '--tags', 'team=red=1'];
    expect((await asCarol([...tagged, '--source-identity', 'carol'])).failure).toBeNull();
    expect((await asCarol([...tagged, '--source-identity', 'carla'])).failure).toMatch(/AccessDenied/);
  });

  test('of a session assume the next role', async () => {
    const { out } = await asCarol(['env', '--role', roleArn('First')]);
    const [, sessionToken = ''] = /AWS_SESSION_TOKEN='([^']+)'/.exec(out) ?? [];
    const [, accessKeyId = ''] = /AWS_ACCESS_KEY_ID='([^']+)'/.exec(out) ?? [];
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'unused', AWS_SESSION_TOKEN: sessionToken };
    const args = ['credentials', '--role', roleArn('Second'), '--session-name', 'next', '--url', started.url];
    const next = await rolegate(args, { env });
    expect(await sessionOf(JSON.parse(next.out).SessionToken)).toBe(`arn:aws:sts::${A}:assumed-role/Second/next`);
  });
});

describe('with MFA', () => {
  let serialNumber: string;
  let codeNow: () => string;

  beforeAll(async () => {
    const { sessions } = started.gateway.services;
    const operator = { kind: 'operator' } as const;
    const device = await sessions.createVirtualMfaDevice(operator, { accountId: A, name: 'carol' }, Date.now());
    const totp = new TOTP({ secret: Secret.fromBase32(device.seed) });
    serialNumber = device.serialNumber;
    codeNow = () => totp.generate({ timestamp: Date.now() });
    // Codes count once, and enabling takes two: those of a while ago.
    const then = Date.now() - 600_000;
    const [authenticationCode1, authenticationCode2] = [then, then + 30_000].map((at) =>
      totp.generate({ timestamp: at }),
    );
    const codes = { authenticationCode1: authenticationCode1 ?? '', authenticationCode2: authenticationCode2 ?? '' };
    await sessions.enableMfaDevice(operator, { userArn: userArn('carol'), serialNumber, ...codes }, then + 30_000);
  });

  test('the code is the first line of standard input, and asked for on a terminal only', async () => {
    const args = ['credentials', '--role', roleArn('Mfa'), '--serial-number', serialNumber];
    const wrongCode = String((Number(codeNow()) + 333_333) % 1_000_000).padStart(6, '0');
    expect((await asCarol(args, { input: wrongCode })).failure).toMatch(/MultiFactorAuthentication failed/);
    const { out, error, failure } = await asCarol(args, { input: `${codeNow()}\nmore\n`, isInteractive: true });
    expect([failure, error]).toEqual([null, `MFA code of ${serialNumber}: `]);
    expect(JSON.parse(out).Version).toBe(1);
  });

  test.each([
    ['', /^no MFA code of .* has come on standard input$/],
    ['\n123456\n', /^no MFA code of .* has come on standard input$/],
    ['12345\n', /^that is no MFA code: it has six digits, and is the first line of standard input$/],
  ])('%j is no code, and the gateway is not asked', async (input, reason) => {
    const args = [
      'credentials',
      '--role',
      roleArn('Mfa'),
      '--serial-number',
      serialNumber,
      '--url',
      'http://127.0.0.1:1',
    ];
    const { out, error, failure } = await asCarol(args, { input });
    expect([out, error]).toEqual(['', '']);
    expect(failure).toMatch(reason);
  });
});

describe('exports', () => {
  const VALUE = `a'b"c $(d) \`e\` \\ ’ f`;

  test('are what the shells read', async () => {
    const { out } = await asCarol(['env', '--role', roleArn('First')]);
    const names = [...out.matchAll(/^export (\w+)=/gm)].map(([, name]) => name);
    const script = `${out}printenv ${names.join(' ')}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { PATH: process.env['PATH'] } });
    const [id, secret, token, expiration, sts, iam, end] = stdout.split('\n');
    expect(out).toBe(
      `export AWS_ACCESS_KEY_ID='${id}'\nexport AWS_SECRET_ACCESS_KEY='${secret}'\n` +
        `export AWS_SESSION_TOKEN='${token}'\nexport AWS_CREDENTIAL_EXPIRATION='${expiration}'\n` +
        `export AWS_ENDPOINT_URL_STS='${sts}'\nexport AWS_ENDPOINT_URL_IAM='${iam}'\n`,
    );
    expect([sts, iam]).toEqual([`${started.url}/aws`, `${started.url}/aws`]);
    expect([id, end]).toEqual([expect.stringMatching(/^ASIA/), '']);
    expect(await sessionOf(token ?? '')).toContain(':assumed-role/First/');
  });

  test.each([
    [
      'powershell',
      /^\$Env:AWS_ACCESS_KEY_ID = 'ASIA[A-Z2-7]{16}'\n\$Env:AWS_SECRET_ACCESS_KEY = '/,
      (name: string) => `$Env:${name} = '${started.url}/aws'\n`,
    ],
    [
      'cmd',
      /^set "AWS_ACCESS_KEY_ID=ASIA[A-Z2-7]{16}"\r\nset "AWS_SECRET_ACCESS_KEY=/,
      (name: string) => `set "${name}=${started.url}/aws"\r\n`,
    ],
  ])('have the form of %s', async (shell, form, address) => {
    const { out } = await asCarol(['env', '--role', roleArn('First'), '--shell', shell]);
    expect(out).toMatch(form);
    for (const service of ['STS', 'IAM']) expect(out).toContain(address(`AWS_ENDPOINT_URL_${service}`));
  });

  test('no value leaves its quotes', async () => {
    const script = `${exportsFor('posix', { VALUE })}printf %s "$VALUE"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { PATH: process.env['PATH'] } });
    expect(stdout).toBe(VALUE);
    // https://learn.microsoft.com/en-us/powershell/scripting/lang-spec/chapter-02 (2.3.5.2): all of these end a text
    expect(exportsFor('powershell', { VALUE })).toBe(`$Env:VALUE = 'a''b"c $(d) \`e\` \\ ’’ f'\n`);
    expect(() => exportsFor('cmd', { VALUE })).toThrow('VALUE cannot be set in cmd');
  });
});

describe('which gateway', () => {
  const ARGS = ['credentials', '--role', DATA_WRITER];

  test('the one that runs on the data folder, if none is named', async () => {
    const { dataDir } = started.settings;
    expect((await rolegate(ARGS, { env: demoKey('alice'), dataDir })).failure).toBeNull();
    expect((await rolegate(ARGS, { env: demoKey('alice'), dataDir: '/nowhere' })).failure).toBe(
      'which gateway? None has left its address in /nowhere: give it in --url or ROLEGATE_URL, such as http://127.0.0.1:4000',
    );
  });

  test('an address may have its slash, or its path', async () => {
    for (const end of ['/', '/graphql', '/graphql/']) {
      const args = [...ARGS, '--url', started.url + end];
      expect(
        (await rolegate(args, { env: { ...demoKey('alice'), ROLEGATE_URL: 'http://127.0.0.1:1' } })).failure,
      ).toBeNull();
    }
  });

  test.each([
    ['ftp://127.0.0.1', '--url is the address of a gateway, such as http://127.0.0.1:4000'],
    ['127.0.0.1:4000', '--url is the address of a gateway, such as http://127.0.0.1:4000'],
    ['http://127.0.0.1:4000/?key=x', '--url is the address of a gateway, such as http://127.0.0.1:4000'],
    ['https://alice:secret@gateway', '--url takes no name and password'],
    ['http://gateway:4000', '--url has to begin with https:// unless the gateway is on this machine: keys go over it'],
    [
      'http://127.0.0.1.example',
      '--url has to begin with https:// unless the gateway is on this machine: keys go over it',
    ],
    ['http://127.0.0.1:1', 'the gateway at http://127.0.0.1:1 does not answer'],
    ['http://[::1]:1/', 'the gateway at http://[::1]:1 does not answer'],
  ])('%s is refused, or tried, with the reason', async (url, reason) => {
    const { out, failure } = await rolegate([...ARGS, '--url', url], { env: demoKey('alice') });
    expect([out, failure]).toEqual(['', reason]);
  });
});

describe('what is refused', () => {
  test('a wrong secret, without repeating it', async () => {
    const env = { ...carol, AWS_SECRET_ACCESS_KEY: 'wrong-secret-of-carol', ROLEGATE_URL: started.url };
    const { out, error, failure } = await rolegate(['credentials', '--role', roleArn('First')], { env });
    expect([out, error]).toEqual(['', '']);
    expect(failure).toMatch(/^the gateway at \S+ refuses: The secret access key is not that of the access key/);
    expect(failure).not.toContain('wrong-secret');
  });

  const CREDENTIALS = {
    accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: '2126-01-01T00:00:00Z',
  };
  const arn = `arn:aws:sts::${A}:assumed-role/First/x`;
  const answer = (credentials: object, session = arn) =>
    JSON.stringify({ data: { result: { credentials, roleSession: { arn: session } } } });

  test.each([
    ['no JSON', 200, '<html>', 'gives no answer (status 200)'],
    ['nothing', 200, '{"data":{"result":null}}', 'gives no credentials'],
    [
      'a secret that a shell would run',
      200,
      answer({ ...CREDENTIALS, secretAccessKey: '$(id)' }),
      'gives no credentials',
    ],
    ['a token of two lines', 200, answer({ ...CREDENTIALS, sessionToken: 'a\nb' }), 'gives no credentials'],
    [
      'credentials of the past',
      200,
      answer({ ...CREDENTIALS, expiration: '2020-01-01T00:00:00Z' }),
      'gives have ended already by the clock of this machine: compare both clocks',
    ],
    ['no time', 200, answer({ ...CREDENTIALS, expiration: 'soon' }), 'gives no credentials'],
    ['no session', 200, answer(CREDENTIALS, 'arn:aws:iam::1:role/x'), 'gives no credentials'],
    [
      'what a terminal would obey',
      200,
      JSON.stringify({ errors: [{ message: 'no\u001b]0;x\u0007\u202e', extensions: { code: 'FORBIDDEN' } }] }),
      'refuses: no ]0;x  ',
    ],
    [
      'what a terminal would obey, for the role',
      200,
      JSON.stringify({ data: { result: { code: 'A\u001b[2J', message: 'no\r\nyes' } } }),
      'refuses: no  yes (A [2J)',
    ],
    ['too much', 200, answer({ ...CREDENTIALS, sessionToken: 'x'.repeat(1_100_000) }), 'does not answer'],
    ['another address', 302, '', 'does not answer'],
  ])('a gateway that answers with %s', async (_what, status, text, reason) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { out, failure } = await rolegate(['env', '--role', roleArn('First'), '--url', url], { env: carol });
    expect([out, failure?.replace(/^the credentials that /, '')]).toEqual(['', `the gateway at ${url} ${reason}`]);
    expect(asked).toEqual(['/graphql']);
  });
});
