import { mkdir } from 'node:fs/promises';
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
async function openGraphiql(path = '/') {
  const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
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
    const header = JSON.stringify({ Authorization: gateway.as.user('alice') });
    await replaceText(page, HEADERS_EDITOR, header);
    await page.click('.graphiql-execute-button');
    expect(await answer(page, 'readAsHerself')).toContain('"allowed": true');
    await page.screenshot({ path: join(SCREENSHOTS, 'graphiql-answered.png') });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('before anybody has signed in, the questions are refused without a password window', async () => {
    const { page } = await openGraphiql('/graphql');
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

  test('does not keep credentials in the browser', async () => {
    const { page } = await openGraphiql();
    await replaceText(page, HEADERS_EDITOR, '{"Authorization": "Bearer should-not-be-kept"}');
    await page.waitForTimeout(1_000);
    expect(await page.evaluate(() => Object.values(localStorage).join('\n'))).not.toContain('should-not-be-kept');
    await page.close();
  });
});
