import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

let dataDir: string;
let gateway: TestGateway;
let browser: Browser;
/** Two empty pages: of an allowed origin, and of another one. */
let pages: readonly Server[];

const originOf = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  dataDir = await newDataDir();
  pages = [0, 1].map(() =>
    createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<title>App</title>');
    }),
  );
  await Promise.all(pages.map((page) => new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))));
  const [allowed] = pages;
  if (allowed === undefined) throw new Error('no page');
  [gateway, browser] = await Promise.all([
    startTestGateway(dataDir, { ROLEGATE_ALLOWED_ORIGINS: originOf(allowed) }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await gateway?.gateway.close();
  for (const page of pages ?? []) page.close();
  await removeDataDir(dataDir);
});

/** What a page gets: the kind of the caller, or that it may not read the answer. */
function askIn(page: Page, credentials: 'omit' | 'include', authorization: string | null): Promise<string | null> {
  const asked = { url: `${gateway.url}/graphql`, credentials, authorization };
  return page.evaluate(async (sent) => {
    const headers = {
      'content-type': 'application/json',
      ...(sent.authorization === null ? {} : { authorization: sent.authorization }),
    };
    try {
      const body = JSON.stringify({ query: '{ viewer { kind } }' });
      const answer = await fetch(sent.url, { method: 'POST', headers, body, credentials: sent.credentials });
      const { data } = await answer.json();
      return data.viewer === null ? 'NOBODY' : data.viewer.kind;
    } catch (error) {
      return String(error);
    }
  }, asked);
}

test('a page of an allowed origin asks with a bearer token alone, and another one not at all', async () => {
  const [allowed, other] = await Promise.all(
    pages.map(async (server) => {
      const page = await browser.newPage();
      await page.goto(originOf(server));
      return page;
    }),
  );
  if (allowed === undefined || other === undefined) throw new Error('no page');
  const operator = gateway.as.operator;
  expect(await askIn(allowed, 'omit', operator)).toBe('OPERATOR');
  expect(await askIn(allowed, 'omit', null)).toBe('NOBODY');
  // A browser does not let a page read what may have come from a cookie.
  expect(await askIn(allowed, 'include', operator)).toMatch(/Failed to fetch/);
  expect(await askIn(other, 'omit', operator)).toMatch(/Failed to fetch/);
  const keys = await other.evaluate(
    async (url) => (await (await fetch(url)).json()).keys.length,
    `${gateway.url}/.well-known/jwks.json`,
  );
  expect(keys).toBeGreaterThanOrEqual(0);
});
