import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleInBrowser, foundByAxe, heading } from '../support/console.ts';

const ALICE = '/p/arn%3Aaws%3Aiam%3A%3A111111111111%3Auser%2Falice';
const DATA_WRITER = '/r/arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FDataWriter';
const BUCKET = '/resource/arn%3Aaws%3As3%3A%3A%3Adev-alice';

const { signedIn, keyOf, asOperator } = consoleInBrowser();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** What can be opened. */
const opened = (page: Page, name: string) => page.locator('summary').filter({ hasText: name });
const textOf = (page: Page) => page.getByRole('textbox', { name: 'Policy document' });

/** The button waits for what is said of the text. */
async function preview(page: Page): Promise<void> {
  await button(page, 'Preview the change').click({ trial: true });
  await button(page, 'Preview the change').press('Enter');
}

/** Types a name under a preview, which makes the change. */
async function confirm(page: Page, name: string, verb: 'save' | 'remove'): Promise<void> {
  await page.getByLabel(`Type ${name} to ${verb} it`).fill(name);
  await button(page, verb === 'save' ? 'Save' : 'Remove').press('Enter');
}

async function close(page: Page): Promise<void> {
  await page.context().close();
}

describe('changes of policies in the console', { timeout: 180_000 }, () => {
  test('an inline policy: what nobody must gain keeps it from being saved; then it is saved, and removed', async () => {
    const { page, complaints } = await signedIn(ALICE, asOperator());
    await opened(page, 'ManageMyself').press('Enter');
    await button(page, 'Edit').press('Enter');
    const text = textOf(page);
    expect(await text.evaluate((area) => area === document.activeElement)).toBe(true);
    await text.fill(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 's3:GetBucketAcl', Resource: '*' },
      }),
    );
    await page.getByText('Nothing is wrong with it').waitFor();
    await preview(page);
    await page.getByText(/^It changes what \d+ principals? may do/).waitFor();
    expect(await foundByAxe(page)).toEqual([]);

    await page.getByLabel('Nobody must gain').fill('iam:*, s3:GetBucket*');
    await page.keyboard.press('Enter');
    await page.getByText(/must not be$/).waitFor();
    await page.getByText('s3:GetBucketAcl', { exact: true }).last().waitFor();
    expect(await button(page, 'Save').count()).toBe(0);
    await page.getByLabel('Nobody must gain').fill('iam:*');
    await page.keyboard.press('Enter');
    await page.getByText(/^Nobody (gains it|is known to gain it)/).waitFor();
    await confirm(page, 'ManageMyself', 'save');
    await page.getByText('Saved.').waitFor();
    await page.getByText('"s3:GetBucketAcl"').waitFor();
    // Whoever goes on by the keyboard is where it was.
    expect(await button(page, 'Edit').evaluate((each) => each === document.activeElement)).toBe(true);

    await button(page, 'Remove…').press('Enter');
    await confirm(page, 'ManageMyself', 'remove');
    await opened(page, 'ManageMyself').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('an inline policy is added, and another boundary shows what it takes away', async () => {
    const { page, complaints } = await signedIn(ALICE, asOperator());
    await opened(page, 'Add an inline policy…').press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('Extra');
    await button(page, 'Write it').press('Enter');
    await textOf(page).fill((await textOf(page).inputValue()).replace('BUCKET', 'dev-alice'));
    await preview(page);
    await confirm(page, 'Extra', 'save');
    await opened(page, 'Extra').waitFor();

    await button(page, 'Set another…').press('Enter');
    await page
      .getByRole('combobox', { name: 'Managed policy' })
      .fill('arn:aws:iam::111111111111:policy/DeveloperAccess');
    await preview(page);
    await page
      .getByText(/^loses \d+ actions?$/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await close(page);

    const limited = await signedIn(ALICE, keyOf('alice'));
    await button(limited.page, 'Remove the boundary…').click();
    await limited.page.getByRole('alert').getByText('iam:DeleteUserPermissionsBoundary').waitFor();
    expect(await button(limited.page, 'Remove').count()).toBe(0);
    await limited.page.getByRole('link', { name: 'See why' }).click();
    await heading(limited.page, /^alice may not iam:DeleteUserPermissionsBoundary on alice\.$/);
    await close(limited.page);
  });

  test('what was not answered of somebody is not said to be none, and not written over', async () => {
    const { page } = await signedIn(ALICE, asOperator());
    await page.getByText('A member of the group developers.').waitFor();
    await button(page, 'Set another…').waitFor();
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Principal(')) return route.fallback();
      const response = await route.fetch();
      const { data } = await response.json();
      const withheld = ['permissionsBoundary', 'groups'];
      const errors = withheld.map((field) => ({ message: 'it needs a right', path: ['principal', field] }));
      const principal = { ...data.principal, permissionsBoundary: null, groups: null };
      return route.fulfill({ response, json: { data: { principal }, errors } });
    });
    await page.reload();
    await page.getByText('It cannot be read now, or not by you.', { exact: true }).waitFor();
    await page.getByText('You may not read all of them, nor its groups.').waitFor();
    expect(await button(page, 'Set a boundary…').count()).toBe(0);
    await close(page);
  });

  test('what somebody else has changed meanwhile is shown, and only then written over', async () => {
    const { page, complaints } = await signedIn(DATA_WRITER, asOperator());
    await button(page, 'Edit').last().press('Enter');
    const mine = (await textOf(page).inputValue()).replace('"Version"', '"Id": "mine", "Version"');
    await textOf(page).fill(mine);
    const others = mine.replace('mine', 'others');
    await page.evaluate(
      async ([arn, policyDocument]) => {
        const query = `mutation($input: UpdateAssumeRolePolicyInput!) { updateAssumeRolePolicy(input: $input) { __typename } }`;
        const body = JSON.stringify({ query, variables: { input: { roleArn: arn, policyDocument } } });
        await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      },
      ['arn:aws:iam::222222222222:role/DataWriter', others],
    );
    await preview(page);
    await confirm(page, 'DataWriter', 'save');
    await page.getByText(/^Somebody else has changed it since you began\./).waitFor();
    await page.getByText('"others"').waitFor();
    expect(await textOf(page).inputValue()).toBe(mine);
    expect(await foundByAxe(page)).toEqual([]);

    await button(page, 'Replace it by mine').press('Enter');
    await preview(page);
    await confirm(page, 'DataWriter', 'save');
    await page.getByText('Saved.').waitFor();
    await page.getByText('"mine"').waitFor();
    // What is begun now is what is there now.
    await button(page, 'Edit').last().press('Enter');
    expect(await textOf(page).inputValue()).toContain('"mine"');
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('a trust policy is told in words, which follow its text', async () => {
    const { page, complaints } = await signedIn(DATA_WRITER, asOperator());
    await page
      .getByText('Whomever the account 111111111111 lets may assume it, if aws:PrincipalTag/team is analytics.')
      .waitFor();
    await button(page, 'Edit').last().press('Enter');
    await textOf(page).fill((await textOf(page).inputValue()).replace('"analytics"', '"nobody"'));
    await preview(page);
    await page.getByText('It changes what 1 principal may do').waitFor();
    await confirm(page, 'DataWriter', 'save');
    await page.getByText('if aws:PrincipalTag/team is nobody.').waitFor();
    await page.getByText('Nobody that you may ask about.').waitFor();
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('a resource: who can do what at first sight, and a policy where there is none', async () => {
    const { page, complaints } = await signedIn(BUCKET, asOperator());
    await page.getByText(/^\d+ users and roles can do something with it\.$/).waitFor();
    const groups = page.getByRole('list', { name: 'Who can do what' });
    await groups.locator('summary').first().press('Enter');
    await groups.getByRole('link', { name: 's3:ListBucket', exact: true }).press('Enter');
    await page.getByRole('region', { name: 'Who can' }).getByText('alice').waitFor();
    await page.goBack();
    await button(page, 'Write one').press('Enter');
    await preview(page);
    await confirm(page, 'dev-alice', 'save');
    await page.getByText('"aws:SecureTransport"').waitFor();
    await button(page, 'Remove…').press('Enter');
    await confirm(page, 'dev-alice', 'remove');
    await button(page, 'Write one').waitFor();
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('a control policy at its level: changed there, and those of AWS only read', async () => {
    const { page, complaints } = await signedIn('/account/111111111111', asOperator());
    await opened(page, 'FullAWSAccess').first().press('Enter');
    expect(await button(page, 'Edit').isVisible()).toBe(false);
    await opened(page, 'KeepBuckets').press('Enter');
    await button(page, 'Edit').locator('visible=true').press('Enter');
    await textOf(page).fill((await textOf(page).inputValue()).replace('"s3:DeleteBucket"', '"s3:GetBucketCORS"'));
    await preview(page);
    await page
      .getByText(/^loses 1 action$/)
      .first()
      .waitFor();
    await confirm(page, 'KeepBuckets', 'save');
    await page.getByText('Saved.').waitFor();
    await page.getByText('"s3:GetBucketCORS"').waitFor();
    expect(complaints).toEqual([]);
    await close(page);
  });

  test('a finding is set apart with its reason, and listed again', async () => {
    const { page, complaints } = await signedIn('/findings', asOperator());
    await heading(page, /^\d+ findings to look at\.$/);
    const first = page.locator('.finding').first();
    const message = (await first.locator('p').first().textContent()) ?? '';
    await first.locator('summary').filter({ hasText: 'Set it apart…' }).press('Enter');
    await first.getByLabel('Why nothing needs to be done').fill('The partner <b>reads</b> it.');
    await page.keyboard.press('Enter');
    await page.getByText(/^Set apart: /).waitFor();
    await page.getByLabel('Which').selectOption('set apart');
    await heading(page, '1 finding set apart.');
    expect(new URL(page.url()).search).toBe('?apart=yes');
    await page.getByText('The partner <b>reads</b> it.').waitFor();
    await page.getByText(message).waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await button(page, 'List it again').press('Enter');
    await heading(page, 'Nothing is set apart.');
    await page.getByLabel('Which').selectOption('to look at');
    await page.getByText(message).waitFor();
    expect(complaints).toEqual([]);
    await close(page);
  });
});
