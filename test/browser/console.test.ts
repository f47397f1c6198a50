import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { askAddress, consoleInBrowser, foundByAxe, heading, newEndpoint, SCREENSHOTS } from '../support/console.ts';
import { EXPORT } from '../support/console-export.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const ENDPOINT = 'arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-0123456789abcdef0';
const OWN_FILE = 'arn:aws:s3:::dev-alice/results.csv';

const seen = consoleInBrowser();
const { open, signedIn, keyOf, asOperator } = seen;

const FORMS = [
  { form: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { form: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { form: '420', colorScheme: 'light', viewport: { width: 420, height: 900 } },
] as const;

describe('the console', { timeout: 120_000 }, () => {
  test('the story of a role, by the keyboard alone', async () => {
    const { page, complaints } = await open('/');
    const { accessKeyId, secretAccessKey } = keyOf('alice');
    await heading(page, 'Sign in');
    await page.getByRole('button', { name: /^alice/ }).focus();
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Access key id').inputValue()).toBe(accessKeyId);
    // The field of the secret has the focus.
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('is not that of the access key').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(secretAccessKey);
    await page.keyboard.press('Enter');
    await heading(page, 'You are alice of Development.');

    const card = page.getByRole('article').filter({ hasText: 'DataWriter' });
    await card.getByText('323').waitFor();
    await card.getByRole('button', { name: 'Switch' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, /^You are in the role DataWriter/);
    expect(await page.getByRole('banner').textContent()).toMatch(
      /in role\s*DataWriter[\s\S]*as alice[\s\S]*(1 h|59 min) left/,
    );
    await page.getByText('Those of alice are given up until you leave it.').waitFor();

    await page.getByRole('link', { name: 'Ask what somebody may do' }).press('Enter');
    await page.getByRole('combobox', { name: 'do', exact: true }).fill('s3:getobj');
    await page
      .getByRole('option', { name: /^s3:GetObject\b/ })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('combobox', { name: 'do', exact: true }).inputValue()).toBe('s3:GetObject');
    await page.getByRole('combobox', { name: 'on', exact: true }).fill(OWN_FILE);
    await page.keyboard.press('Enter');
    await heading(page, /may not s3:GetObject on dev-alice\/results\.csv/);
    expect(page.url()).toContain(`resource=${encodeURIComponent(OWN_FILE)}`);

    await page.getByRole('button', { name: 'Leave role' }).press('Enter');
    await page.getByRole('banner').getByText('in role').waitFor({ state: 'detached' });
    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: ALICE, action: 's3:GetObject', resource: OWN_FILE })}`,
    );
    await heading(page, 'alice may s3:GetObject on dev-alice/results.csv.');
    const kept = await page.evaluate(
      () => `${Object.values(localStorage).join('\n')}${location.href}${document.cookie}`,
    );
    expect(kept).toContain(DATA_WRITER);
    expect(kept).not.toContain(secretAccessKey);
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await heading(page, 'Sign in');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a question: the layer that decides, its statement in its document, missing keys, and other forms of it', async () => {
    const question = { principal: ALICE, action: 's3:DeleteBucket', resource: 'arn:aws:s3:::dev-alice' };
    const { page, complaints } = await signedIn(askAddress(question), asOperator());
    await heading(page, 'alice may not s3:DeleteBucket on dev-alice.');
    await page
      .getByText(/denies it explicitly/)
      .first()
      .waitFor();
    expect(await page.locator('.station-decides').textContent()).toMatch(/Service control\s*denies/);
    await page.getByText('Copy as GraphQL').waitFor();
    await page.getByRole('radio', { name: 'CLI', exact: true }).check();
    await page.getByText('npx rolegate can').waitFor();
    await page.getByRole('radio', { name: 'AWS CLI' }).check();
    await page.getByText('aws iam simulate-principal-policy').waitFor();

    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: ALICE, action: 's3:ListBucket', resource: 'arn:aws:s3:::dev-alice' })}`,
    );
    await heading(page, 'alice may s3:ListBucket on dev-alice.');
    await page
      .locator('.statement', { hasText: 'DeveloperAccess' })
      .getByRole('button', { name: 'Whole document' })
      .click();
    expect(await page.locator('mark').textContent()).toContain('"Sid": "OwnBucket"');
    expect(await page.getByRole('region', { name: 'Policy document' }).textContent()).toContain('SwitchRoles');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a link to a role waits for a click, and a refusal says why', async () => {
    const link = '/switch-role?account=111111111111&role=Auditor&display=Look%20only&color=plum';
    const { page, complaints } = await signedIn(link, keyOf('alice'));
    await heading(page, 'Switch to Auditor?');
    expect(await page.getByLabel('Display name').inputValue()).toBe('Look only');
    expect(await page.getByRole('banner').textContent()).not.toContain('in role');
    await page.getByRole('button', { name: 'Switch role' }).click();
    await page.getByRole('alert').getByText('not authorized to perform: sts:AssumeRole').waitFor();
    await page.getByRole('link', { name: 'See why' }).click();
    await heading(page, /^alice may not sts:AssumeRole on Auditor/);

    await page.goto(
      `${seen.gateway.url}/switch-role?account=222222222222&role=DataWriter&display=Look%20only&color=plum`,
    );
    await page.getByRole('button', { name: 'Switch role' }).click();
    await page.locator('.who', { hasText: 'Look only' }).waitFor();
    expect(await page.locator('header.bar-plum').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('what a role asks for is said with the way to it; who switches, and from where one is signed in', async () => {
    const changed = (name: string, input: object) =>
      seen.gateway.ask(
        `mutation($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`,
        { variables: { input }, authorization: seen.gateway.as.operator },
      );
    const allow = { Effect: 'Allow', Action: 'sts:AssumeRole' };
    const trust = (...more: readonly object[]) => {
      const theTeam = {
        ...allow,
        Principal: { AWS: '111111111111' },
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'analytics' } },
      };
      const policyDocument = { Version: '2012-10-17', Statement: [theTeam, ...more] };
      return changed('updateAssumeRolePolicy', { roleArn: DATA_WRITER, policyDocument });
    };
    // Whoever may not read the trust policy is not told what it asks for.
    const reads = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' } };
    await changed('putUserPolicy', { userArn: BOB, policyName: 'Reads', policyDocument: reads });
    await trust({
      ...allow,
      Principal: { AWS: BOB },
      Condition: { StringEquals: { 'sts:ExternalId': 'between-us-7' } },
    });
    const { page, complaints } = await signedIn('/', keyOf('bob'));
    await page.getByText(/^Signed in from 127\.0\.0\.1, until \w/).waitFor();
    const card = page.getByRole('article').filter({ hasText: 'DataWriter' });
    await card.getByText(/^Asks for an external id\. .* a program gives it to assumeRole\.$/).waitFor();
    expect(await card.getByRole('button', { name: 'Switch' }).count()).toBe(0);
    await trust({ ...allow, Principal: { AWS: BOB } });
    await page.reload();
    await card.getByRole('button', { name: 'Switch' }).press('Enter');
    await heading(page, /^You are in the role DataWriter/);

    await page.goto(`${seen.gateway.url}/switch-role?account=111111111111&role=Deployer`);
    await page.getByText(/^It is bob who switches/).waitFor();
    expect(await foundByAxe(page)).toEqual([]);
    await trust();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a sign-in that has ended, a session that was revoked, and a gateway that is away: a sentence and a way on', async () => {
    const { page } = await signedIn('/switch-role?account=222222222222&role=DataWriter', keyOf('alice'));
    await page.getByRole('button', { name: 'Switch role' }).click();
    await heading(page, /^You are in the role DataWriter/);
    const revoke = `mutation { revokeRoleSessions(input: { roleArn: "${DATA_WRITER}" }) { __typename } }`;
    expect(
      (await seen.gateway.ask(revoke, { authorization: seen.gateway.as.operator })).body.data.revokeRoleSessions,
    ).not.toBeNull();
    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: 'me', action: 's3:PutObject', resource: 'arn:aws:s3:::shared-datasets/x' })}`,
    );
    await heading(page, /may not s3:PutObject|may s3:PutObject/);
    // What the page still asks would find out before the click does.
    await page.waitForLoadState('networkidle');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Your sign-in has ended. Sign in again to go on.').first().waitFor();
    await heading(page, 'Sign in');
    await page.context().setOffline(true);
    await page.getByLabel('Access key id').fill('AKIADEMOALICEAAAAAAA');
    await page.getByLabel('Secret access key').fill('x');
    await page.keyboard.press('Enter');
    await page.getByText('The gateway does not answer').first().waitFor();
    await page.context().close();
  });

  test('an engineer looks: search, a principal with its actions, a policy, who can, the tree, ways and the trail', async () => {
    const { page, complaints } = await signedIn('/organization', asOperator());
    await heading(page, '3 accounts in 2 units.');
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Search' }).fill('Development');
    await page.getByRole('option', { name: /^Development account · 111111111111/ }).waitFor();
    await page.getByRole('combobox', { name: 'Search' }).fill('alice');
    await page.getByRole('option', { name: /^alice/ }).waitFor();
    await page.keyboard.press('Enter');
    await heading(page, 'alice');
    await page.getByRole('button', { name: /^sts \d/ }).click();
    await page.getByText('sts:AssumeRole', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'DeveloperAccess' }).click();
    await page.getByText('"Sid": "OwnBucket"').waitFor();
    await page
      .getByRole('link', { name: 'developers' })
      .or(page.getByText('developers', { exact: true }))
      .first()
      .waitFor();

    await page.goto(
      `${seen.gateway.url}/resource/${encodeURIComponent('arn:aws:s3:::shared-datasets')}?action=s3:ListBucket`,
    );
    await page.getByRole('region', { name: 'Who can' }).getByRole('link', { name: 'bob' }).waitFor();
    await page.getByRole('link', { name: 'Organization' }).click();
    await heading(page, '3 accounts in 2 units.');
    await page.getByRole('link', { name: 'Development' }).click();
    await page.getByRole('link', { name: 'DeveloperBoundary' }).waitFor();
    await page.goto(`${seen.gateway.url}${COPYING}`);
    await heading(page, 'alice can do all of it with its own permissions.');
    await page.getByText('Gives up 1 need that it has as itself').waitFor();
    await page.getByRole('link', { name: 'Trail' }).click();
    await page.getByText('SignIn').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('names of policies and people are text, whatever they look like', async () => {
    const hostile = '"><img src=x onerror=alert(1)>\u202e';
    const role = `arn:aws:iam::222222222222:role/${hostile}`;
    const { page, complaints } = await signedIn(
      `/switch-role?account=222222222222&role=${encodeURIComponent(hostile)}&display=${encodeURIComponent(hostile)}`,
      keyOf('alice'),
    );
    await heading(page, /onerror=alert/);
    await page.goto(
      `${seen.gateway.url}${askAddress({ principal: ALICE, action: 's3:GetObject', resource: `arn:aws:s3:::${hostile}`, role })}`,
    );
    await page
      .getByText('How it was decided')
      .or(page.getByRole('alert'))
      .or(page.locator('.notice'))
      .first()
      .waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** What alice needs to copy a file from her bucket to that of another account. */
const COPYING = `/routes?${new URLSearchParams([
  ['principal', ALICE],
  ['need', `s3:GetObject ${OWN_FILE}`],
  ['need', 's3:PutObject arn:aws:s3:::shared-datasets/results.csv'],
])}`;

async function lookAtPasted(page: Page): Promise<void> {
  await page.getByText('or paste what').click();
  await page.getByLabel('What was printed').fill(JSON.stringify(EXPORT));
  await page.getByRole('button', { name: 'Take it' }).click();
  await page.getByRole('button', { name: 'Look at what it would do' }).click();
  await heading(page, /^The files would change/);
}

async function previewMistyped(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit' }).click();
  const text = page.getByRole('textbox', { name: 'Policy document' });
  await text.fill((await text.inputValue()).replace('ec2:Describe*', 'ec2:Desscribe'));
  await page.getByText('is no action of Amazon EC2').waitFor();
  await page.getByRole('button', { name: 'Preview the change' }).click();
  await page.getByText('It changes what 1 principal may do').waitFor();
}

describe('every page, in light, in dark and narrow', { timeout: 120_000 }, () => {
  beforeAll(() => newEndpoint(seen.gateway, 'vpce-0123456789abcdef0'));

  const asked = askAddress({ principal: ALICE, action: 's3:DeleteBucket', resource: 'arn:aws:s3:::dev-alice' });
  type Steps = (page: Page) => Promise<unknown>;
  const PAGES: readonly (readonly [name: string, path: string, who: 'alice' | 'operator' | null, steps?: Steps])[] = [
    ['sign-in', '/sign-in', null],
    ['home', '/', 'alice'],
    ['home-operator', '/', 'operator'],
    ['switch-role', '/switch-role?account=222222222222&role=DataWriter', 'alice'],
    ['ask', asked, 'operator'],
    ['principal', `/p/${encodeURIComponent(ALICE)}`, 'operator'],
    ['role', `/r/${encodeURIComponent(DATA_WRITER)}`, 'operator'],
    ['policy', `/policy/${encodeURIComponent('arn:aws:iam::111111111111:policy/DeveloperAccess')}`, 'operator'],
    ['resource', `/resource/${encodeURIComponent('arn:aws:s3:::shared-datasets')}?action=s3:ListBucket`, 'operator'],
    ['resource-at-first', `/resource/${encodeURIComponent('arn:aws:s3:::shared-datasets')}`, 'operator'],
    ['group', `/group/${encodeURIComponent('arn:aws:iam::111111111111:group/developers')}`, 'operator'],
    ['endpoint', `/endpoint/${encodeURIComponent(ENDPOINT)}`, 'operator'],
    ['organization', '/organization', 'operator'],
    ['account', '/account/111111111111', 'operator'],
    ['routes', COPYING, 'alice'],
    ['trail', '/trail', 'operator'],
    ['findings', '/findings', 'operator', (page) => page.getByText('What proves it').first().click()],
    ['compare', `/compare?${new URLSearchParams({ principal: ALICE, role: DATA_WRITER })}`, 'operator'],
    ['import', '/import', 'operator', lookAtPasted],
    [
      'policy-editor',
      `/policy/${encodeURIComponent('arn:aws:iam::111111111111:policy/DeveloperAccess')}`,
      'operator',
      previewMistyped,
    ],
    ['tour', '/', 'alice', (page) => page.getByRole('button', { name: 'Take the tour' }).click()],
  ];

  // A test for each, so that one page that is slow or wrong does not hide the others.
  const SEEN = FORMS.flatMap((form) => PAGES.map((page) => [`${page[0]}, ${form.form}`, form, page] as const));

  test.each(SEEN)(
    '%s: axe finds nothing, and nothing is wider than the page',
    async (_, { form, ...look }, [name, path, who, steps]) => {
      const input = who === 'operator' ? asOperator() : keyOf('alice');
      const { page, complaints } = who === null ? await open(path, look) : await signedIn(path, input, look);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('.skeleton').count(), { timeout: 60_000 }).toBe(0);
      await steps?.(page);
      await expect.poll(() => page.locator('.skeleton').count(), { timeout: 60_000 }).toBe(0);
      await page.screenshot({ path: join(SCREENSHOTS, `console-${name}-${form}.png`), fullPage: true });
      const found = await foundByAxe(page);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect({ found, over, complaints }).toEqual({ found: [], over: 0, complaints: [] });
      await page.context().close();
    },
  );
});
