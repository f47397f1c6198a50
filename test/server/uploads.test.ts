import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { UploadFolders } from '../../src/server/uploads/upload-folders.ts';
import { tar, zip } from '../support/archives.ts';
import { newDataDir, removeDataDir, startedGateway } from '../support/gateway.ts';
import { cookieOf, exchange, operation, signInCookieNameAt } from './exchange.ts';
import { BOUNDARY, bodyOf, details, importOf, noUploads, sendParts, uploadsOf } from './multipart.ts';

const gateway = startedGateway();

const send = (body: Buffer) => sendParts(gateway, body);
const uploads = () => join(gateway.settings.dataDir, 'uploads');
const left = () => uploadsOf(gateway);
const revision = () => gateway.gateway.services.directory.revision();

afterEach(() => noUploads(gateway));

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
    expect(status).toBe(415);
    expect(JSON.parse(body).errors[0]).toMatchObject({
      message:
        'the `content-type` of a POST must be application/json; multipart/form-data is taken with an `authorization` header, and a cookie does not count',
      extensions: { code: 'BAD_REQUEST' },
    });
  });

  test('with an empty one', async () => {
    expect((await head({ authorization: '' })).status).toBe(415);
  });

  test('with the cookie of a browser that has signed in', async () => {
    const { secrets } = gateway.gateway.services;
    const accessKeyId = 'AKIADEMOALICEAAAAAAA';
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
    const input = { accessKeyId, secretAccessKey: secrets.secretFor(accessKeyId) };
    const signedIn = await exchange(`${gateway.url}/graphql`, operation(signIn, { input }));
    const name = signInCookieNameAt(gateway.url);
    const cookie = `${name}=${cookieOf(signedIn, name)?.value}`;
    const { status, body } = await head({ cookie });
    expect(status).toBe(415);
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
