import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

/** To be looked at; not in git. */
const SCREENSHOTS = fileURLToPath(new URL('../../test-results/', import.meta.url));

let dataDir: string;
let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  dataDir = await newDataDir();
  [gateway, browser] = await Promise.all([startTestGateway(dataDir), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await gateway?.gateway.close();
  await removeDataDir(dataDir);
});

const QUERY_EDITOR = '.graphiql-query-editor';
/** Of the two below the query it is the one that is open. */
const HEADERS_EDITOR = '.graphiql-editor-tool .graphiql-editor:not(.hidden)';

/** A page, and everything on it that should not be. */
async function openGraphiql(path = '/graphql') {
  const context = await browser.newContext({ viewport: { width: 1500, height: 950 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== gateway.url) complaints.push(`asked ${url.href}`);
  });
  page.on('requestfailed', (request) => complaints.push(`failed ${request.url()}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.violatedDirective}`));
  });
  await page.goto(`${gateway.url}${path}`);
  await page.waitForSelector('.graphiql-execute-button');
  // The editor shows its first line once its workers have started.
  await page.waitForSelector('.graphiql-query-editor .view-line');
  return { page, complaints };
}

async function replaceText(page: Page, editor: string, text: string): Promise<void> {
  await page.click(`${editor} .view-lines`);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  // Typing would let the editor close brackets by itself; pasting does not.
  await page.keyboard.insertText(text);
}

/** Opens the editor of headers instead of that of variables. */
async function openHeaders(page: Page): Promise<void> {
  await page.locator('.graphiql-editor-tools').getByRole('button', { name: 'Headers' }).click();
}

const titles = (page: Page): Promise<string[]> => page.locator('.graphiql-tab-button').allInnerTexts();

/** The text of the answer: Monaco puts no-break spaces where a line is indented. */
async function answer(page: Page, expected: string): Promise<string> {
  const response = page.locator('.graphiql-response');
  await response.getByText(expected).first().waitFor();
  return (await response.allInnerTexts()).join('').replaceAll('\u00a0', ' ');
}

// A browser on a busy machine takes its time.
describe('GraphiQL on the demo organization, without the internet', { timeout: 120_000 }, () => {
  test('opens with the telling questions, and answers one for alice', async () => {
    const { page, complaints } = await openGraphiql();
    expect(await titles(page)).toEqual(
      expect.arrayContaining(['WhatMayAliceDo', 'AsHerselfAndInTheRole', 'WhoAmINow']),
    );
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-opened.png') });

    await page.locator('.graphiql-tab-button', { hasText: 'AsHerselfAndInTheRole' }).click();
    await openHeaders(page);
    const header = JSON.stringify({ Authorization: gateway.as.user('alice') });
    await replaceText(page, HEADERS_EDITOR, header);
    await page.click('.graphiql-execute-button');
    expect(await answer(page, 'readAsHerself')).toContain('"allowed": true');
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-answered.png') });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('before anybody has signed in, the questions are refused without a password window', async () => {
    const { page } = await openGraphiql();
    await page.locator('.graphiql-tab-button', { hasText: 'AsHerselfAndInTheRole' }).click();
    await page.click('.graphiql-execute-button');
    expect(await answer(page, 'UNAUTHENTICATED')).toContain('"errors"');
    // Nothing stands between the page and whoever looks at it.
    await page.reload();
    await page.waitForSelector('.graphiql-query-editor .view-line');
    expect(await titles(page)).toContain('WhatMayAliceDo');
    await page.close();
  });

  test('knows the schema: a mistake in the query is underlined', async () => {
    const { page, complaints } = await openGraphiql();
    await replaceText(page, QUERY_EDITOR, '{ viewer { principals } }');
    await page.waitForSelector('.graphiql-query-editor .squiggly-error');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows comments whole, in a narrow window too', async () => {
    const { page } = await openGraphiql();
    await page.setViewportSize({ width: 800, height: 800 });
    for (const tab of await titles(page)) {
      await page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${tab}$`) }).click();
      const cut = () =>
        page.evaluate((editor) => {
          const right = document.querySelector(`${editor} .overflow-guard`)?.getBoundingClientRect().right ?? 0;
          return [...document.querySelectorAll(`${editor} .view-line > span`)]
            .filter((line) => (line.textContent ?? '').startsWith('#') && line.getBoundingClientRect().right > right)
            .map((line) => line.textContent);
        }, QUERY_EDITOR);
      await page.waitForTimeout(200);
      await expect.poll(async () => [tab, await cut()], { timeout: 20_000 }).toEqual([tab, []]);
    }
    await page.close();
  });

  /** The least contrast (WCAG) of what is written in the editors, the tabs and the answer with what is behind it. */
  const leastContrast = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const numbers = (color: string): readonly number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
      const light = (color: string): number => {
        const [r = 0, g = 0, b = 0] = numbers(color).map((part) => {
          const share = part / 255;
          return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = (element: Element | null): string => {
        if (element === null) return 'rgb(255, 255, 255)';
        const { backgroundColor } = getComputedStyle(element);
        const [, , , alpha = 1] = numbers(backgroundColor);
        return alpha > 0.5 ? backgroundColor : behind(element.parentElement);
      };
      const texts = document.querySelectorAll(
        '.view-line span span, .graphiql-tab-button, .graphiql-editor-tools button, #who',
      );
      const contrasts = [...texts]
        .filter((text) => (text.textContent ?? '').trim() !== '')
        .map((text) => {
          const [a, b] = [light(getComputedStyle(text).color), light(behind(text))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        });
      return contrasts.length < 10 ? 0 : Math.min(...contrasts);
    });

  test('is readable in light and dark, also where that is switched while it is open', async () => {
    const { page } = await openGraphiql();
    await page.locator('.graphiql-tab-button', { hasText: 'AsHerselfAndInTheRole' }).click();
    const found: (readonly [string, number])[] = [];
    const look = async (name: string): Promise<void> => {
      await page.waitForTimeout(600);
      await expect.poll(async () => (await leastContrast(page)) >= 3, { timeout: 20_000 }).toBe(true);
      await page.screenshot({ path: join(SCREENSHOTS, `graphiql-${name}.png`) });
      found.push([name, await leastContrast(page)]);
    };
    await look('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await look('dark-by-system');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Open settings dialog' }).click();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await page.keyboard.press('Escape');
    await look('dark-by-setting');
    await page.getByRole('button', { name: 'Open settings dialog' }).click();
    await page.getByRole('button', { name: 'Light', exact: true }).click();
    await page.keyboard.press('Escape');
    await look('light-again');
    expect(found.filter(([, contrast]) => contrast < 3)).toEqual([]);
    await page.close();
  });

  test('does not keep credentials in the browser', async () => {
    const { page } = await openGraphiql();
    await openHeaders(page);
    await replaceText(page, HEADERS_EDITOR, '{"Authorization": "Bearer should-not-be-kept"}');
    await page.waitForTimeout(1_000);
    expect(await page.evaluate(() => Object.values(localStorage).join('\n'))).not.toContain('should-not-be-kept');
    await page.close();
  });
});

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';

function aliceKey() {
  const { secrets } = gateway.gateway.services;
  const accessKeyId = 'AKIADEMOALICEAAAAAAA';
  return { accessKeyId, secretAccessKey: secrets.secretFor(accessKeyId) };
}

/** Of the two below the query it is the one that is open. */
const VARIABLES_EDITOR = HEADERS_EDITOR;

describe('the story of a role, with no header set by hand', { timeout: 120_000 }, () => {
  async function open(page: Page, tab: string): Promise<void> {
    await page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${tab}$`) }).click();
    // GraphiQL takes a moment to notice which operation is in the editor now.
    await page.waitForTimeout(700);
  }

  /** Runs what is in the tab that is open, and answers what came back. */
  async function execute(page: Page, expected: string): Promise<string> {
    await page.click('.graphiql-execute-button');
    return answer(page, expected);
  }

  async function run(page: Page, tab: string, expected: string): Promise<string> {
    await open(page, tab);
    return execute(page, expected);
  }

  /** The whole of it, but for the time. */
  const barSays = (page: Page, text: string) =>
    page.locator('#who', { hasText: new RegExp(`^${text.replaceAll('/', '\\/')}( until .*)?$`) }).waitFor();

  test('in the tabs, by mutations', async () => {
    const { page, complaints } = await openGraphiql();
    await barSays(page, 'Nobody is signed in');
    const { accessKeyId, secretAccessKey } = aliceKey();
    await replaceText(page, VARIABLES_EDITOR, JSON.stringify({ input: { accessKeyId, secretAccessKey } }));
    expect(await execute(page, ALICE)).toContain('expiresAt');
    await barSays(page, `Signed in as ${ALICE}`);
    // The secret is in the editor, and nowhere that outlives the page.
    await page.waitForTimeout(1_000);
    const kept = await page.evaluate(() => `${Object.values(localStorage).join('\n')}\n${location.href}`);
    expect(kept).toContain(accessKeyId);
    expect(kept).not.toContain(secretAccessKey);
    expect(await page.evaluate(() => document.cookie)).toBe('');

    expect(await run(page, 'AsHerselfAndInTheRole', 'readAsHerself')).toContain('"allowed": true');
    expect(await run(page, 'AssumeDataWriter', 'assumed-role/DataWriter/alice')).toContain('expiresAt');
    await barSays(page, `Signed in as ${ALICE}, in role ${DATA_WRITER}`);
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-in-the-role.png') });
    const inTheRole = await run(page, 'WhoAmINow', 'restoresTo');
    expect(inTheRole).toContain('assumed-role/DataWriter/alice');
    expect(inTheRole).toMatch(/"mayRead": \{\s*"allowed": false/);
    expect(inTheRole).toMatch(/"mayWrite": \{\s*"allowed": true/);

    expect(await run(page, 'LeaveTheRole', 'endedSession')).toContain(ALICE);
    await barSays(page, `Signed in as ${ALICE}`);
    const again = await run(page, 'WhoAmINow', '"roleSession": null');
    expect(again).toMatch(/"mayRead": \{\s*"allowed": true/);
    expect(again).toMatch(/"mayWrite": \{\s*"allowed": true/);
    expect(await run(page, 'WhatMayAliceDo', 'effectivePermissions')).toContain('"allowedActions"');

    await run(page, 'SignOut', '"viewer": null');
    await barSays(page, 'Nobody is signed in');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('in the bar, by its buttons', async () => {
    const { page, complaints } = await openGraphiql();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    const { accessKeyId, secretAccessKey } = aliceKey();
    await dialog.getByLabel('Access key id').fill(accessKeyId);
    await dialog.getByLabel('Secret access key').fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('is not that of the access key').waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-sign-in.png') });
    await dialog.getByLabel('Secret access key').fill(secretAccessKey);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await barSays(page, `Signed in as ${ALICE}`);
    expect(await dialog.isVisible()).toBe(false);
    expect(await page.locator('input[name=secretAccessKey]').inputValue()).toBe('');

    await run(page, 'AssumeDataWriter', 'assumed-role/DataWriter/alice');
    await page.getByRole('button', { name: 'Leave role' }).click();
    await barSays(page, `Signed in as ${ALICE}`);
    expect(await page.getByRole('button', { name: 'Leave role' }).isVisible()).toBe(false);

    // Somebody who uses a header is not who the cookie says: the bar tells so.
    await open(page, 'WhoAmINow');
    await openHeaders(page);
    await replaceText(page, HEADERS_EDITOR, JSON.stringify({ Authorization: gateway.as.user('bob') }));
    await execute(page, 'user/bob');
    await page.getByText('was made with an Authorization header instead').waitFor();
    await barSays(page, `Signed in as ${ALICE}`);
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-by-header.png') });

    await page.getByRole('button', { name: 'Sign out' }).click();
    await barSays(page, 'Nobody is signed in');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('the operator signs in, in the bar, and the last tab of the story answers', async () => {
    const { page, complaints } = await openGraphiql();
    const token = gateway.as.operator.replace('Bearer ', '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByLabel('the operator’s token').check();
    expect(await dialog.getByLabel('Access key id').isVisible()).toBe(false);
    await dialog.getByLabel('Token', { exact: true }).fill(token);
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-operator.png') });
    await page.keyboard.press('Enter');
    await barSays(page, 'Signed in as the operator');
    expect(await run(page, 'WhyIsThisDenied', 'deniedBy')).toContain('"SERVICE_CONTROL_POLICY"');
    // The context of a request may be a text that holds it.
    await replaceText(
      page,
      VARIABLES_EDITOR,
      JSON.stringify({
        requests: [
          {
            principal: ALICE,
            action: 's3:DeleteBucket',
            resource: 'arn:aws:s3:::dev-alice',
            context: '{"aws:SourceIp":"203.0.113.7"}',
          },
        ],
      }),
    );
    expect(await execute(page, 'EXPLICIT_DENY')).not.toContain('"errors"');
    const kept = await page.evaluate(() => `${Object.values(localStorage).join('\n')}\n${location.href}`);
    expect(kept).not.toContain(token);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await barSays(page, 'Nobody is signed in');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a page of another origin cannot do any of it', async () => {
    const { page } = await openGraphiql();
    const { accessKeyId, secretAccessKey } = aliceKey();
    await replaceText(page, VARIABLES_EDITOR, JSON.stringify({ input: { accessKeyId, secretAccessKey } }));
    await execute(page, ALICE);
    const { port } = new URL(gateway.url);
    // Another port of the same host: the cookie is sent along, since SameSite knows no ports.
    const neighbour = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title>'),
    );
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    try {
      const { port: other } = neighbour.address() as AddressInfo; // as: it listens on TCP
      const forged = await page.context().newPage();
      await forged.goto(`http://127.0.0.1:${other}/`);
      const mutation = `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "alice" }) { __typename } }`;
      await forged.evaluate(
        async ({ url, body }) => {
          const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/json'];
          for (const type of types) {
            for (const mode of ['no-cors', 'cors'] as const) {
              const init = {
                method: 'POST',
                mode,
                credentials: 'include',
                body,
                headers: { 'content-type': type },
              } as const;
              await fetch(url, init).catch(() => undefined);
            }
          }
          await fetch(`${url}?query=${encodeURIComponent(body)}`, { mode: 'no-cors', credentials: 'include' });
        },
        { url: `http://127.0.0.1:${port}/graphql`, body: JSON.stringify({ query: mutation }) },
      );
      const form = `<form method="post" enctype="text/plain" action="http://127.0.0.1:${port}/graphql"><input name='{"query":"${mutation.replaceAll('"', '\\"')}","x":"' value='"}'></form>`;
      await forged.setContent(form);
      const [response] = await Promise.all([
        forged.waitForResponse(/\/graphql$/),
        // A page that is closed in the midst of going elsewhere may never say that it is.
        forged.waitForURL(/\/graphql$/),
        forged.evaluate(() => document.querySelector('form')?.submit()),
      ]);
      expect(response.status()).toBe(403);
      await forged.close();
      expect(await run(page, 'WhoAmINow', 'restoresTo')).toContain('"roleSession": null');
    } finally {
      neighbour.closeAllConnections();
      neighbour.close();
      await page.close();
    }
  });
});
