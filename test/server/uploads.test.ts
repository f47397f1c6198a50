import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UploadFolders } from '../../src/server/uploads/upload-folders.ts';
import { tar, zip } from '../support/archives.ts';
import { newDataDir, removeDataDir, startedGateway } from '../support/gateway.ts';
import { cookieOf, exchange, operation } from './exchange.ts';

const gateway = startedGateway();

const BOUNDARY = 'rolegate-test-boundary';
const IMPORT = `mutation ($input: ImportDirectoryInput!) {
  importDirectory(input: $input) {
    __typename
    ... on ImportDirectorySuccess { changed recognised { form count files } leftOut accounts { account { accountId } } }
    ... on UserError { message }
  }
}`;

interface Part {
  readonly name: string;
  readonly content: string | Buffer;
  readonly filename?: string;
}

function bodyOf(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): Buffer {
  const encoded = parts.map(({ name, content, filename }) =>
    Buffer.concat([
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...encoded, Buffer.from(end)]);
}

/** An import of files, each a part. */
function importOf(
  files: readonly (readonly [name: string, content: string | Buffer])[],
  query = IMPORT,
): readonly Part[] {
  const variables = { input: { files: files.map(([name]) => ({ name, upload: null })) } };
  const map = Object.fromEntries(files.map((_, index) => [`f${index}`, [`variables.input.files.${index}.upload`]]));
  return [
    { name: 'operations', content: JSON.stringify({ query, variables }) },
    { name: 'map', content: JSON.stringify(map) },
    ...files.map(([, content], index) => ({ name: `f${index}`, content, filename: '../../evil.json' })),
  ];
}

async function send(body: Buffer, headers: Readonly<Record<string, string>> = { authorization: gateway.as.operator }) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    body: new Uint8Array(body),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

const uploads = () => join(gateway.settings.dataDir, 'uploads');
const left = async () => (existsSync(uploads()) ? readdir(uploads()) : []);
const revision = () => gateway.gateway.services.directory.revision();

/** The authorization details of an account with one user. */
function details(name: string): string {
  const user = {
    UserName: name,
    Arn: `arn:aws:iam::777777777777:user/${name}`,
    Path: '/',
    UserId: `AIDA${name.toUpperCase().padEnd(17, 'A')}`,
    CreateDate: '2024-01-01T00:00:00+00:00',
    GroupList: [],
    AttachedManagedPolicies: [],
    Tags: [],
  };
  return JSON.stringify({ UserDetailList: [user] });
}

// Whatever becomes of a request, its files are removed.
afterEach(async () => {
  await vi.waitFor(
    async () => {
      if ((await left()).length > 0) throw new Error('files are left behind');
    },
    { timeout: 5000 },
  );
});

describe('the operator imports', () => {
  test('files and archives in one request, each by its own name and not by that of its part', async () => {
    const archive = [
      { name: 'x/in-tar.json', data: details('tim') },
      { name: 'x/notes.txt', data: 'none' },
    ];
    const parts = importOf([
      ['one.json', details('ann')],
      ['two.zip', zip([{ name: 'in-zip.json', data: details('zoe') }])],
      ['three.tar.gz', gzipSync(await tar(archive))],
    ]);
    const { status, body } = await send(bodyOf(parts));
    expect(status).toBe(200);
    expect(body.data.importDirectory).toMatchObject({
      __typename: 'ImportDirectorySuccess',
      changed: true,
      recognised: [{ count: 3, files: ['one.json', 'three.tar.gz/x/in-tar.json', 'two.zip/in-zip.json'] }],
      leftOut: ['1 file is not JSON and was left out: three.tar.gz/x/notes.txt'],
      accounts: [{ account: { accountId: '777777777777' } }],
    });
  });

  test('an archive named `.`, whose files have the names in it', async () => {
    const archive = gzipSync(await tar([{ name: 'details.json', data: details('dot') }]));
    const { body } = await send(bodyOf(importOf([['.', archive]])));
    expect(body.data.importDirectory).toMatchObject({ changed: true, recognised: [{ files: ['details.json'] }] });
  });

  test('its files are in a folder that only their owner may enter, while they are needed', async () => {
    const [head, last] = [bodyOf(importOf([['one.json', details('mod')]]).slice(0, 2), ''), details('mod')];
    const part = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f0"; filename="x"\r\n\r\n`;
    const answered = new Promise<string>((resolve, reject) => {
      const sent = request(
        `${gateway.url}/graphql`,
        {
          method: 'POST',
          headers: {
            'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
            authorization: gateway.as.operator,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
          response.once('end', () => resolve(text));
        },
      );
      sent.once('error', reject);
      sent.write(head);
      sent.write(part + last.slice(0, 50));
      void (async () => {
        try {
          await expect.poll(left, { timeout: 5000 }).toHaveLength(1);
          const folder = join(uploads(), (await left())[0] ?? '');
          await expect.poll(() => readdir(folder)).toEqual(['0']);
          expect((await stat(uploads())).mode & 0o777).toBe(0o700);
          expect((await stat(folder)).mode & 0o777).toBe(0o700);
          expect((await stat(join(folder, '0'))).mode & 0o777).toBe(0o600);
          sent.end(`${last.slice(50)}\r\n--${BOUNDARY}--\r\n`);
        } catch (error) {
          sent.destroy();
          reject(error);
        }
      })();
    });
    expect(JSON.parse(await answered).data.importDirectory).toMatchObject({ changed: true });
  });

  test('a refusal of what the files hold is a result', async () => {
    const before = await revision();
    const cut = gzipSync(await tar([{ name: 'details.json', data: details('cut') }])).subarray(0, 60);
    const { status, body } = await send(
      bodyOf(
        importOf([
          ['one.json', details('cut')],
          ['cut.tar.gz', cut],
        ]),
      ),
    );
    expect(status).toBe(200);
    expect(body.data.importDirectory).toEqual({ __typename: 'ValidationError', message: 'cut.tar.gz: it is cut off' });
    expect(await revision()).toBe(before);
  });
});

describe('refused before the body is read', () => {
  /** Sends a head that announces a body, and no byte of it. */
  function head(headers: Readonly<Record<string, string>>): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${gateway.url}/graphql`,
        {
          method: 'POST',
          headers: {
            'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
            'content-length': '1000000',
            ...headers,
          },
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            body += piece;
            resolve({ status: response.statusCode ?? 0, body });
            sent.destroy();
          });
        },
      );
      sent.once('error', reject);
      sent.flushHeaders();
    });
  }

  test('without an authorization header', async () => {
    const { status, body } = await head({});
    expect(status).toBe(401);
    expect(JSON.parse(body).errors[0]).toMatchObject({
      message: 'a multipart request must have an `authorization` header; a cookie does not count',
      extensions: { code: 'UNAUTHENTICATED' },
    });
  });

  test('with an empty one', async () => {
    expect((await head({ authorization: '' })).status).toBe(401);
  });

  test('with the cookie of a browser that has signed in', async () => {
    const { secrets } = gateway.gateway.services;
    const accessKeyId = 'AKIADEMOALICEAAAAAAA';
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
    const input = { accessKeyId, secretAccessKey: secrets.secretFor(accessKeyId) };
    const signedIn = await exchange(`${gateway.url}/graphql`, operation(signIn, { input }));
    const cookie = `rolegate-sign-in=${cookieOf(signedIn, 'rolegate-sign-in')?.value}`;
    const { status, body } = await head({ cookie });
    expect(status).toBe(401);
    expect(body).toContain('a cookie does not count');
  });

  test('with wrong credentials', async () => {
    const { status, body } = await head({ authorization: 'Bearer not-the-token-of-the-operator' });
    expect([status, JSON.parse(body).errors[0].extensions.awsCode]).toEqual([401, 'InvalidClientTokenId']);
  });

  test('by somebody who is not the operator, and the audit trail says so', async () => {
    const { status, body } = await head({ authorization: gateway.as.user('alice') });
    expect(status).toBe(403);
    expect(JSON.parse(body).errors[0]).toMatchObject({
      message: 'only the operator may perform `importDirectory`, and multipart requests are for nothing else',
      extensions: { code: 'FORBIDDEN' },
    });
    const last = await gateway.gateway.services.directory.prisma.auditEvent.findFirst({
      orderBy: { sequence: 'desc' },
    });
    expect(last).toMatchObject({
      event: 'ImportDirectory',
      outcome: 'REFUSED',
      principal: 'arn:aws:iam::111111111111:user/alice',
    });
  });

  test('a body that is announced as too large, or is packed', async () => {
    const authorization = gateway.as.operator;
    const large = await head({ authorization, 'content-length': String(512 * 1_048_576 + 1) });
    expect(large.status).toBe(413);
    expect(JSON.parse(large.body).errors[0]).toMatchObject({
      message: 'the request body is larger than the 512 MiB that may be sent',
      extensions: { code: 'REQUEST_TOO_LARGE', limitBytes: 512 * 1_048_576 },
    });
    expect((await head({ authorization, 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test('other types of bodies, as before', async () => {
    const { status } = await head({
      authorization: gateway.as.operator,
      'content-type': 'multipart/mixed; boundary=x',
    });
    expect(status).toBe(415);
  });
});

describe('refused while it is read, with nothing stored', () => {
  const ONE: readonly (readonly [string, string])[] = [['one.json', details('bad')]];
  const good = importOf(ONE);
  const withOperations = (operations: unknown, map: unknown = { f0: ['variables.input.files.0.upload'] }) => [
    { name: 'operations', content: typeof operations === 'string' ? operations : JSON.stringify(operations) },
    { name: 'map', content: typeof map === 'string' ? map : JSON.stringify(map) },
    ...good.slice(2),
  ];
  const variables = { input: { files: [{ name: 'one.json', upload: null }] } };
  const ALONE = 'a multipart request may contain the mutation `importDirectory` alone, without fragments around it';
  const ORDER = 'the parts must be `operations`, then `map`, then the files';
  const NO_NULL = 'where `operations` has no null within `variables`';

  test.each<readonly [string, readonly Part[], string]>([
    ['another mutation', withOperations({ query: 'mutation { rotateSigningKey { __typename } }', variables }), ALONE],
    ['a query', withOperations({ query: '{ viewer { __typename } }', variables }), ALONE],
    [
      'another mutation beside it',
      withOperations({ query: IMPORT.replace(/\}\s*$/, 'rotateSigningKey { __typename } }'), variables }),
      ALONE,
    ],
    [
      'it in a fragment',
      withOperations({
        query: 'mutation { ... on Mutation { importDirectory(input: {files: []}) { __typename } } }',
        variables,
      }),
      ALONE,
    ],
    [
      'an operation of another name',
      withOperations({ query: `${IMPORT} query Other { __typename }`, operationName: 'Other', variables }),
      ALONE,
    ],
    ['no GraphQL', withOperations({ query: 'mutation {', variables }), 'Syntax Error'],
    ['a batch', withOperations([{ query: IMPORT, variables }]), '`operations` must be a JSON object'],
    ['no query', withOperations({ variables }), '`operations` has no `query`'],
    ['no JSON', withOperations('{'), '`operations` is not valid JSON'],
    ['a map that is none', withOperations({ query: IMPORT, variables }, '[]'), '`map` must be a JSON object'],
    [
      'a place outside of the variables',
      withOperations({ query: IMPORT, variables, extensions: null }, { f0: ['extensions'] }),
      NO_NULL,
    ],
    [
      'a place that is not null',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.input.files.0.name'] }),
      NO_NULL,
    ],
    [
      'a place that is not there',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.input.__proto__.x'] }),
      NO_NULL,
    ],
    [
      'one file at two places',
      withOperations({ query: IMPORT, variables }, { f0: ['variables.a', 'variables.b'] }),
      'a list of one path',
    ],
    [
      'two files at one place',
      withOperations(
        { query: IMPORT, variables },
        { f0: ['variables.input.files.0.upload'], f1: ['variables.input.files.0.upload'] },
      ),
      'twice',
    ],
    ['files before what they are for', [...good.slice(2), ...good.slice(0, 2)], ORDER],
    ['the map first', [...good.slice(1, 2), ...good.slice(0, 1), ...good.slice(2)], ORDER],
    [
      'a file that nothing asks for',
      [...good, { name: 'f9', content: '{}', filename: 'x' }],
      '`map` does not name the part `f9`',
    ],
    ['a file that is missing', good.slice(0, 2), '`map` names the part `f0`, which is not there'],
    ['a file twice', [...good, ...good.slice(2)], 'or it is there twice'],
    ['no parts', [], 'the parts `operations` and `map` are not there'],
  ])('%s', async (_name, parts, message) => {
    const before = await revision();
    const { status, body } = await send(bodyOf(parts));
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('BAD_REQUEST');
    expect(body.errors[0].message).toContain(message);
    expect(await revision()).toBe(before);
  });

  test('a body without its end, and one that is no multipart', async () => {
    for (const body of [bodyOf(good, ''), bodyOf(good).subarray(0, -40), Buffer.from('hello')]) {
      const { status, body: answer } = await send(body);
      expect(status).toBe(400);
      expect(answer.errors[0].message).toBe('the body is not multipart/form-data as its header says');
    }
    const authorization = gateway.as.operator;
    const unbounded = await send(bodyOf(good), { authorization, 'content-type': 'multipart/form-data' });
    expect([unbounded.status, unbounded.body.errors[0].message]).toEqual([
      400,
      'the `content-type` names no boundary between the parts',
    ]);
  });

  test('more files than a request may have', async () => {
    const many = Array.from({ length: 10_001 }, (_, index): readonly [string, string] => [`${index}.json`, '{}']);
    const { status, body } = await send(bodyOf(importOf(many)));
    expect(status).toBe(400);
    expect(body.errors[0].message).toBe('`map` names 10001 files; the limit is 10000: put them into an archive');
  });

  test('a sender that disconnects: nothing is imported', async () => {
    const before = await revision();
    const whole = bodyOf(good);
    const sent = request(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(whole.length),
        authorization: gateway.as.operator,
      },
    });
    sent.on('error', () => undefined);
    sent.write(whole.subarray(0, -60));
    await expect.poll(left, { timeout: 5000 }).toHaveLength(1);
    sent.destroy();
    await expect.poll(left, { timeout: 5000 }).toEqual([]);
    await delay(100);
    expect(await revision()).toBe(before);
  });
});

describe('what a killed gateway left behind', () => {
  test('is removed at the start; beside other gateways only what is old', async () => {
    const dataDir = await newDataDir();
    const root = join(dataDir, 'uploads');
    await mkdir(join(root, 'upload-old'), { recursive: true });
    await mkdir(join(root, 'upload-new'));
    await writeFile(join(root, 'upload-old', '0'), 'secret');
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(root, 'upload-old'), hoursAgo, hoursAgo);
    const folders = new UploadFolders(dataDir);
    await folders.clean(true, Date.now());
    expect(await readdir(root)).toEqual(['upload-new']);
    await folders.clean(false, Date.now());
    expect(await readdir(root)).toEqual([]);
    await removeDataDir(dataDir);
  });
});
