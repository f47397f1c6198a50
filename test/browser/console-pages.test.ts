import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { packFiles } from '../../src/cli/archive.ts';
import { askAddress, consoleInBrowser, foundByAxe, heading, newEndpoint } from '../support/console.ts';
import { EXPORT, HOSTILE_SID } from '../support/console-export.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const DEVELOPER_ACCESS = '/policy/arn%3Aaws%3Aiam%3A%3A111111111111%3Apolicy%2FDeveloperAccess';
const ROOT_LIKE = 'arn:aws:iam::555555555555:user/root-like';

const seen = consoleInBrowser();
const { signedIn, keyOf, asOperator } = seen;

async function close(page: Page): Promise<void> {
  await page.context().close();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe('pages of the console', { timeout: 180_000 }, () => {
  test('the tour: six steps with the mouse alone, and nothing but a number is kept of it', async () => {
    const { page, complaints } = await signedIn('/', keyOf('alice'));
    const next = () => button(page, 'Next').click();
    await button(page, 'Take the tour').click();
    await page.getByText('Step 1 of 6').waitFor();
    await button(page, 'Ask for her').click();
    await heading(page, 'alice may s3:GetObject on dev-alice/results.csv.');
    await next();
    await button(page, 'Go and switch').click();
    await heading(page, 'Switch to DataWriter?');
    await button(page, 'Switch role').click();
    await page.getByRole('banner').getByText('in role').waitFor();
    await next();
    await button(page, 'Ask once more').click();
    await heading(page, /may not s3:GetObject on dev-alice\/results\.csv/);
    await next();
    // The page that waits for the reader stays as it is: the answer was that of the role.
    await button(page, 'Leave the role').click();
    await page.getByRole('banner').getByText('in role').waitFor({ state: 'detached' });
    await next();
    await button(page, 'Ask the first question again').click();
    await heading(page, 'alice may s3:GetObject on dev-alice/results.csv.');
    await next();
    await button(page, 'Ask, and see the layers').click();
    await heading(page, 'alice may not s3:DeleteBucket on dev-alice.');
    const kept = await page.evaluate(() => localStorage.getItem('rolegate-console:tour'));
    expect(kept).toBe('5');
    await button(page, 'The end').click();
    await page.getByRole('complementary', { name: 'The tour' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('search finds what the directory lists by name: groups, units, control policies and endpoints, each with its page', async () => {
    const endpoint = 'vpce-0fedcba9876543210';
    await newEndpoint(seen.gateway, endpoint);
    const { page, complaints } = await signedIn('/', asOperator());
    const search = async (text: string, option: RegExp) => {
      await button(page, 'Search Ctrl K').click();
      await page.getByRole('combobox', { name: 'Search' }).fill(text);
      await page.getByRole('option', { name: option }).click();
    };
    await search('develop', /^developers group · Development/);
    await heading(page, 'developers');
    await page.getByText('A group with 1 member in Development.').waitFor();
    await page.getByRole('region', { name: 'Members' }).getByRole('link', { name: 'alice' }).waitFor();
    await page.getByRole('link', { name: 'DeveloperAccess' }).waitFor();

    // An inline policy of a group is written, and taken away, as that of a user.
    await page.getByText('Add an inline policy…').click();
    await page.getByLabel('Name', { exact: true }).fill('reading');
    await button(page, 'Write it').click();
    await button(page, 'Preview the change').click();
    await page.getByLabel('Type reading to save it').fill('reading');
    await button(page, 'Save').click();
    await page.getByText('reading', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'alice' }).click();
    await heading(page, 'alice');
    await page
      .getByRole('listitem')
      .filter({ hasText: /^reading.*inline, of the group developers$/s })
      .waitFor();
    await page.getByRole('link', { name: 'developers' }).click();
    await heading(page, 'developers');
    expect(await foundByAxe(page)).toEqual([]);

    await search('workl', /^Workloads unit/);
    await heading(page, '3 accounts in 2 units.');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Workloads/);
    await search('keepb', /^KeepBuckets control policy/);
    await page.getByText('"s3:DeleteBucket"').waitFor();
    await search('o-', /^o-\w+ organization/);
    await heading(page, '3 accounts in 2 units.');

    await search('us-east-1.s3', /^vpce-\w+ VPC endpoint to com\.amazonaws\.us-east-1\.s3 · Development/);
    await heading(page, endpoint);
    await page.getByText('vpc-0123456789abcdef0').waitFor();
    await page.getByText('It has none: everything is let through.').waitFor();
    await button(page, 'Write one').click();
    await button(page, 'Preview the change').click();
    await page.getByLabel(`Type ${endpoint} to save it`).fill(endpoint);
    await button(page, 'Save').click();
    await page.getByRole('region', { name: 'Policy document' }).getByText('"Effect": "Allow"').waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await page.getByRole('link', { name: 'Development' }).click();
    await page.getByRole('link', { name: `${endpoint} to com.amazonaws.us-east-1.s3` }).waitFor();
    await page.goto(
      `${seen.gateway.url}/endpoint/${encodeURIComponent(`arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-0`)}`,
    );
    await page.getByText('The directory has no such endpoint, or you may not know of it.').waitFor();
    expect(complaints).toEqual([]);
    await close(page);

    // Whoever may not list them is told so, and finds none.
    const other = await signedIn(
      `/group/${encodeURIComponent('arn:aws:iam::111111111111:group/developers')}`,
      keyOf('bob'),
    );
    await other.page
      .getByText(/which you are not allowed|may not know of it/)
      .first()
      .waitFor();
    await other.page.goto(
      `${seen.gateway.url}/endpoint/${encodeURIComponent(`arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/${endpoint}`)}`,
    );
    await other.page
      .getByText(/which you are not allowed|may not know of it/)
      .first()
      .waitFor();
    await close(other.page);
  });

  test('a session token signs in, and no longer than its session: it switches no roles, and the page says when it is over', async () => {
    const { url, as } = seen.gateway;
    const asAlice = async (query: string, authorization: string) => {
      const headers = { 'content-type': 'application/json', authorization };
      return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
    };
    const { data } = await asAlice(
      `mutation { assumeRole(input: { role: "${DATA_WRITER}", roleSessionName: "handed-over" }) { ... on AssumeRoleSuccess { credentials { sessionToken } } } }`,
      as.user('alice'),
    );
    const { sessionToken } = data.assumeRole.credentials;
    const { page, complaints } = await seen.open('/');
    await page.getByRole('radio', { name: 'Session token' }).check();
    await page.locator('input[name=token]').fill(sessionToken);
    await page.keyboard.press('Enter');
    await heading(page, 'You are in the role DataWriter of Data.');
    await page.getByText('This browser signed in with the token of the session, and cannot switch roles.').waitFor();
    // Without the role it would be nobody.
    expect(await button(page, 'Leave role').count()).toBe(0);
    const kept = await page.evaluate(
      () => `${Object.values(localStorage).join('\n')}${location.href}${document.cookie}`,
    );
    expect(kept).not.toContain(sessionToken);
    expect(complaints).toEqual([]);

    // The session is left elsewhere: with it ends what it signed in.
    await asAlice('mutation { exitRole { __typename } }', `Bearer ${sessionToken}`);
    await page.getByRole('link', { name: 'Ask', exact: true }).click();
    await page.getByText('Your sign-in has ended. Sign in again to go on.').first().waitFor();
    await page.getByLabel('Access key id').waitFor();
    await close(page);
  });

  test('findings: the worst first, chosen by kind in the address, each with its proof and its document', async () => {
    const { page, complaints } = await signedIn('/findings', asOperator());
    await heading(page, /^\d+ findings to look at\.$/);
    expect(await page.locator('.finding .verdict').first().textContent()).toBe('Critical');
    await page.getByLabel('Account').selectOption('111111111111');
    await page.getByLabel('Kind').selectOption('Gives too much');
    await heading(page, '1 finding to look at.');
    expect(page.url()).toContain('/findings?kind=DANGEROUS_GRANT&account=111111111111');
    await page.getByText('What proves it').click();
    await page
      .getByRole('region', { name: /^Statement 1 of/ })
      .getByText('"Effect": "Allow"')
      .waitFor();
    await page.getByRole('link', { name: 'DeveloperBoundary' }).click();
    await heading(page, 'DeveloperBoundary');
    await page.goBack();
    await heading(page, '1 finding to look at.');
    expect(complaints).toEqual([]);
    await close(page);

    const limited = await signedIn('/findings', keyOf('alice'));
    await limited.page
      .getByText(/that you may not read|not authorized/)
      .first()
      .waitFor();
    await close(limited.page);
  });

  test('an import: refused to others; pasted or in an archive; looked at, then made, with its report; a sign-in that has ended', async () => {
    const other = await signedIn('/import', keyOf('alice'));
    await other.page.getByText('Only the operator may import.').waitFor();
    expect(await other.page.locator('input[type=file]').count()).toBe(0);
    await close(other.page);

    const { page, complaints } = await signedIn('/import', asOperator());
    // A tar.gz as the command line packs it, with a file that is none of its forms.
    const files = [
      { path: 'export/authorization-details.json', text: JSON.stringify(EXPORT) },
      { path: 'export/notes.json', text: '{"nothing":"known"}' },
    ];
    const archive = Buffer.concat((await packFiles(files)).chunks);
    const field = page.locator('input[type=file]').first();
    await field.setInputFiles({ name: 'export.tar.gz', mimeType: 'application/gzip', buffer: archive });
    await page.getByText('export/authorization-details.json').waitFor();
    await page.getByLabel('Name of the account').fill('Laboratory');
    await button(page, 'Look at what it would do').click();
    await heading(page, 'The files would change the directory: 1 account.');
    await page
      .getByText(/export\/notes\.json/)
      .last()
      .waitFor();
    await button(page, 'Import').click();
    await heading(page, 'Imported: 1 account.');
    expect(await page.getByRole('row', { name: /^Users/ }).textContent()).toBe('Users1000');
    await page.getByRole('link', { name: 'Look at the account' }).click();
    await heading(page, 'Laboratory');

    // Dropped, the same again changes nothing.
    await page.goto(`${seen.gateway.url}/import`);
    const gz = gzipSync(JSON.stringify(EXPORT)).toString('base64');
    const transfer = await page.evaluateHandle((packed) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(packed), (char) => char.codePointAt(0) ?? 0);
      data.items.add(new File([bytes], 'details.json.gz'));
      return data;
    }, gz);
    await page.getByRole('region', { name: 'Files' }).dispatchEvent('drop', { dataTransfer: transfer });
    await button(page, 'Import').click();
    await heading(page, /^Imported/);
    expect(await page.getByRole('row', { name: /^Users/ }).textContent()).toBe('Users0010');

    await page.context().clearCookies();
    await field.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await button(page, 'Import').click();
    await page.getByText('Your sign-in has ended. Sign in again to go on.').first().waitFor();
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([]);
    await close(page);
  });

  test('a policy is edited by the keyboard: findings beside the text, a preview, its name, and a refusal that says why', async () => {
    const { page, complaints } = await signedIn(DEVELOPER_ACCESS, asOperator());
    await button(page, 'Edit').press('Enter');
    const text = page.getByRole('textbox', { name: 'Policy document' });
    const original = await text.inputValue();
    await text.fill(original.replace('"Effect"', '"Effekt"'));
    await page.locator('.lined-error').first().waitFor();
    await page.getByRole('status').getByText('Error').first().waitFor();
    expect(await button(page, 'Preview the change').isDisabled()).toBe(true);
    await text.fill(original.replace('"ec2:RunInstances"', '"ec2:TerminateInstances"'));
    await page.getByText('Nothing is wrong with it').waitFor();
    await button(page, 'Preview the change').press('Enter');
    await page.getByText('It changes what 1 principal may do').waitFor();
    await page.locator('.preview-access summary').press('Enter');
    await page.getByText('ec2:TerminateInstances', { exact: true }).waitFor();
    const save = button(page, 'Save');
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('Type DeveloperAccess to save it').press('D');
    await page.keyboard.type('eveloperAccess');
    await page.keyboard.press('Enter');
    await page.getByText('"ec2:TerminateInstances"').waitFor();
    await page
      .getByLabel('Version')
      .getByText(/v2, in force/)
      .waitFor({ state: 'attached' });
    expect(complaints).toEqual([]);
    await close(page);

    const refused = await signedIn(DEVELOPER_ACCESS, keyOf('alice'));
    await button(refused.page, 'Edit').click();
    const draft = refused.page.getByRole('textbox', { name: 'Policy document' });
    await draft.fill((await draft.inputValue()).replace('"ec2:TerminateInstances"', '"*"'));
    await button(refused.page, 'Preview the change').click();
    await refused.page.getByRole('alert').getByText('not authorized to perform: iam:CreatePolicyVersion').waitFor();
    expect(await button(refused.page, 'Save').count()).toBe(0);
    await refused.page.getByRole('link', { name: 'See why' }).click();
    await heading(refused.page, 'alice may not iam:CreatePolicyVersion on DeveloperAccess.');
    await close(refused.page);
  });

  test('roles as a graph with the same ways as a list, and a comparison that is reached from a question', async () => {
    const { page, complaints } = await signedIn(`/p/${encodeURIComponent(ALICE)}`, asOperator());
    const picture = page.getByRole('region', { name: 'The picture; the list below says the same' });
    await picture.getByText('DataWriter').waitFor();
    expect(await picture.locator('.graph-box bdi').allTextContents()).toEqual(
      expect.arrayContaining(['alice', 'Deployer', 'DataWriter']),
    );
    expect(await page.getByRole('region', { name: 'Ways' }).getByRole('listitem').allTextContents()).toEqual(
      expect.arrayContaining(['alice may assume DataWriter ']),
    );
    await page.getByLabel('with resources').check();
    await picture.getByText('dev-alice', { exact: true }).waitFor();
    await page.getByLabel('Steps').selectOption('1');
    await picture.getByText('DataWriter').click();
    await heading(page, 'DataWriter');

    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: ALICE, action: 's3:GetObject', resource: '*', role: DATA_WRITER })}`,
    );
    await page.getByRole('link', { name: 'Compare with…' }).click();
    await heading(page, /^alice in the role DataWriter may 0 actions that alice may not, and lacks \d+\.$/);
    await page.getByRole('combobox', { name: 'with', exact: true }).fill('arn:aws:iam::222222222222:user/bob');
    await button(page, 'Compare').click();
    await heading(page, /^bob may \d+ actions? that alice in the role DataWriter may not, and lacks \d+\.$/);
    await page.getByRole('button', { name: /^More \d/ }).click();
    const kinds = await page.locator('.difference .verdict').allTextContents();
    expect(new Set(kinds)).toEqual(new Set(['More']));
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('ten thousand rows and more: few are drawn, wherever the list stands; and names in them are text', async () => {
    const input = {
      files: [{ name: 'details.json', content: JSON.stringify(EXPORT).replaceAll('444444444444', '555555555555') }],
    };
    const done = await seen.gateway.ask(
      'mutation($input: ImportDirectoryInput!) { importDirectory(input: $input) { __typename } }',
      { variables: { input }, authorization: seen.gateway.as.operator },
    );
    expect(done.body).toMatchObject({ data: { importDirectory: { __typename: 'ImportDirectorySuccess' } } });
    const { page, complaints } = await signedIn(`/p/${encodeURIComponent(ROOT_LIKE)}`, asOperator());
    const status = page.getByRole('status').getByText(/^[\d,]+ actions$/);
    await status.waitFor({ timeout: 120_000 });
    expect(Number((await status.textContent())?.replaceAll(/\D/g, ''))).toBeGreaterThan(10_000);
    const list = page.getByRole('region', { name: 'Actions' });
    const drawn = () => list.getByRole('listitem').count();
    expect(await drawn()).toBeLessThan(40);
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await list
      .getByText(/^xray:/)
      .first()
      .waitFor();
    expect(await drawn()).toBeLessThan(40);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(3_000);

    await page.goto(`${seen.gateway.url}/findings?account=555555555555`);
    await heading(page, /finding/);
    await page.getByText('What proves it').first().click();
    await page.getByText(HOSTILE_SID).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('the first paint waits for no answer: the page is there with what it has loaded, and no other page is', async () => {
    const { page } = await signedIn('/', keyOf('alice'));
    await heading(page, /^You are alice/);
    const held: (() => void)[] = [];
    const answers = new Promise<void>((resolve) => void held.push(resolve));
    await page.route('**/graphql', async (route) => {
      await answers;
      await route.continue();
    });
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.goto(`${seen.gateway.url}/ask`, { waitUntil: 'commit' });
    await page.getByRole('banner').getByText('Rolegate').waitFor();
    await page.locator('.skeleton').first().waitFor();
    expect(loaded.filter((path) => /^\/console\/(?:findings|import|principal|policy|compare)/.test(path))).toEqual([]);
    held[0]?.();
    await heading(page, 'May somebody do something?');
    await close(page);
  });
});
