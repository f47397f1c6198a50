import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { askAddress, consoleInBrowser, heading } from '../support/console.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const FILE = join(tmpdir(), `rolegate-trusted-${process.pid}.json`);
writeFileSync(FILE, JSON.stringify({ who: 'query Who { viewer { kind } }' }));
afterAll(() => rmSync(FILE));

const seen = consoleInBrowser({ ROLEGATE_TRUSTED_DOCUMENTS: FILE, ROLEGATE_TRUSTED_DOCUMENTS_MODE: 'only' });

describe('where nothing but trusted documents is answered', { timeout: 180_000 }, () => {
  test('the console works as ever: signing in, the tour of a role, search and a preview', async () => {
    const { page, complaints } = await seen.open('/');
    const { accessKeyId, secretAccessKey } = seen.keyOf('alice');
    await page.getByLabel('Access key id').fill(accessKeyId);
    await page.getByLabel('Secret access key').fill(secretAccessKey);
    await page.keyboard.press('Enter');
    await heading(page, 'You are alice of Development.');
    const card = page.getByRole('article').filter({ hasText: 'DataWriter' });
    await card.getByText('323').waitFor();
    await card.getByRole('button', { name: 'Switch' }).click();
    await heading(page, /^You are in the role DataWriter/);
    await page.getByRole('button', { name: 'Leave role' }).click();
    await page.getByRole('banner').getByText('in role').waitFor({ state: 'detached' });
    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: ALICE, action: 's3:DeleteBucket', resource: 'arn:aws:s3:::dev-alice' })}`,
    );
    await heading(page, 'alice may not s3:DeleteBucket on dev-alice.');
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Search' }).fill('s3:GetObjectA');
    await page.getByRole('option', { name: /^s3:GetObjectAcl/ }).waitFor();
    await page.goto(seen.gateway.url);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('GraphiQL has its bar, its schema and its tabs; what somebody writes there is refused with a sentence', async () => {
    const { page, complaints } = await seen.open('/graphql');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    const { accessKeyId, secretAccessKey } = seen.keyOf('alice');
    await dialog.getByLabel('Access key id').fill(accessKeyId);
    await dialog.getByLabel('Secret access key').fill(secretAccessKey);
    await page.keyboard.press('Enter');
    await page.locator('#who', { hasText: `Signed in as ${ALICE}` }).waitFor();
    await page.locator('.graphiql-tab-button', { hasText: 'AsHerselfAndInTheRole' }).click();
    await page.waitForTimeout(700);
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response').getByText('readAsHerself').first().waitFor();
    expect(complaints).toEqual([]);

    await page.click('.graphiql-query-editor .view-lines');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText('{ viewer { kinds } }');
    // It knows the schema.
    await page.waitForSelector('.graphiql-query-editor .squiggly-error');
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response').getByText('only documents that the operator trusts').first().waitFor();
    await page.context().close();
  });
});
