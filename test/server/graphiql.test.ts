import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { graphiqlPage } from '../../src/server/graphiql/page.ts';
import { newDataDir, removeDataDir, startedGateway, startTestGateway } from '../support/gateway.ts';

/** Without fetch, which decompresses by itself. */
function raw(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).once('error', reject);
  });
}

const HTML = { accept: 'text/html,application/xhtml+xml' };

describe('switched on', () => {
  const gateway = startedGateway();

  test('the page names only files of this gateway, and allows nothing else', async () => {
    const { status, headers, body } = await raw(`${gateway.url}/graphql`, HTML);
    expect(status).toBe(200);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
    const page = body.toString();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !link.startsWith('data:image/svg+xml,'))).toEqual([
      expect.stringMatching(/^\/graphiql\/[0-9a-f]{16}\/graphiql\.css$/),
      expect.stringMatching(/^\/graphiql\/[0-9a-f]{16}\/bar\.js$/),
      expect.stringMatching(/^\/graphiql\/[0-9a-f]{16}\/editor\.js$/),
      expect.stringMatching(/^\/graphiql\/[0-9a-f]{16}\/graphiql\.js$/),
      expect.stringMatching(/^\/graphiql\/[0-9a-f]{16}\/boot\.js$/),
    ]);
    expect(page).toContain('AsHerselfAndInTheRole');
  });

  test('files are compressed, for ever, and under their hash alone', async () => {
    const page = (await raw(`${gateway.url}/graphql`, HTML)).body.toString();
    const path = /src="([^"]+boot\.js)"/.exec(page)?.[1] ?? '';
    const compressed = await raw(`${gateway.url}${path}`, { 'accept-encoding': 'gzip, br' });
    const plain = await raw(`${gateway.url}${path}`, {});
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
    const other = path.replace(/[0-9a-f]{16}/, '0'.repeat(16));
    expect((await raw(`${gateway.url}${other}`, {})).status).toBe(404);
    expect((await raw(`${gateway.url}${path.replace('boot.js', '__proto__')}`, {})).status).toBe(404);
  });
});

test('switched off there is neither page nor file, and GraphQL answers', async () => {
  const dataDir = await newDataDir();
  const gateway = await startTestGateway(dataDir, { ROLEGATE_GRAPHIQL: 'off', ROLEGATE_DEMO: 'off' });
  try {
    const page = await raw(`${gateway.url}/graphql`, HTML);
    expect(page.status).toBe(404);
    expect(page.body.toString()).toContain('GraphiQL is switched off here');
    expect((await raw(`${gateway.url}/graphiql/0000000000000000/boot.js`, {})).status).toBe(404);
    expect((await raw(gateway.url, HTML)).status).toBe(200);
    expect((await gateway.ask('{ viewer { __typename } }')).body).toEqual({ data: { viewer: null } });
  } finally {
    await gateway.gateway.close();
    await removeDataDir(dataDir);
  }
});

test('nothing in a tab can end the element that the options stand in', () => {
  const page = graphiqlPage('/graphiql/x/', [{ query: '# </script><script>alert(1)</script>' }], '{}');
  expect(page).not.toContain('</script><script>alert');
  const json = /type="application\/json">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  expect(JSON.parse(json).defaultTabs[0].query).toBe('# </script><script>alert(1)</script>');
});
