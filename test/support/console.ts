import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openBrowser } from './browser.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from './gateway.ts';

/** To be looked at; not in git. */
export const SCREENSHOTS = fileURLToPath(new URL('../../test-results/', import.meta.url));

/** What the tests use of axe-core. */
interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly target: readonly string[] }[];
    }[];
  }>;
}

/** A page, and everything in it that should not be. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** A gateway with the demo organization and a browser, for the tests of a file. */
export function consoleInBrowser(settings: Readonly<Record<string, string>> = {}) {
  let dataDir: string;
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    dataDir = await newDataDir();
    [gateway, browser] = await Promise.all([startTestGateway(dataDir, settings), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.gateway.close();
    await removeDataDir(dataDir);
  });

  /** A page of a browser of its own. */
  const open = async (path: string, look: BrowserContextOptions = {}): Promise<OpenPage> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look });
    const page = await context.newPage();
    // The first answers of a gateway take long on a machine that is busy.
    page.setDefaultTimeout(90_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== gateway.url) complaints.push(`asked ${request.url()}`);
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.violatedDirective}`));
    });
    await page.goto(`${gateway.url}${path}`);
    return { page, complaints };
  };

  return {
    get gateway() {
      return gateway;
    },
    open,
    keyOf: (name: string) => {
      const accessKeyId = `AKIADEMO${name.toUpperCase()}`.padEnd(20, 'A');
      return { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
    },
    asOperator: () => ({ operatorToken: gateway.as.operator.replace('Bearer ', '') }),
    /** Signs in without the form, and opens `path`. */
    signedIn: async (path: string, input: object, look: BrowserContextOptions = {}): Promise<OpenPage> => {
      const opened = await open('/sign-in', look);
      await opened.page.evaluate(
        async (variables) => {
          const query = 'mutation($input: SignInInput!) { signIn(input: $input) { __typename } }';
          const headers = { 'content-type': 'application/json' };
          await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
        },
        { input },
      );
      await opened.page.goto(`${gateway.url}${path}`);
      return opened;
    },
  };
}

/** Waits for the first line of a page. */
export const heading = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name: text }).waitFor();

export const askAddress = (question: Record<string, string>): string => `/ask?${new URLSearchParams(question)}`;

/** What axe finds in a page as it is. */
export async function foundByAxe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const injected = globalThis as unknown as { axe: Axe }; // as: what the script has put there
    const { violations } = await injected.axe.run();
    return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target.join(' ') ?? ''}`);
  });
}

/** Enters a VPC endpoint of an account of the demo, without a policy. */
export async function newEndpoint({ url, as }: TestGateway, endpointId: string): Promise<void> {
  const input = {
    endpointId,
    accountId: '111111111111',
    region: 'us-east-1',
    vpcId: 'vpc-0123456789abcdef0',
    serviceName: 'com.amazonaws.us-east-1.s3',
    endpointType: 'Gateway',
  };
  const query =
    'mutation($input: CreateVpcEndpointInput!) { createVpcEndpoint(input: $input) { ... on UserError { message } } }';
  const headers = { 'content-type': 'application/json', authorization: as.operator };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = await response.json();
  if (data.createVpcEndpoint?.message !== undefined) throw new Error(data.createVpcEndpoint.message);
}
