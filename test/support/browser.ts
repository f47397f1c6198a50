import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';

const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium's sandbox needs rights that containers and root do not give; only the gateway's own page is opened in it. */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--hide-scrollbars'];

/**
 * A headless Chromium: the one that comes from npm where the machine has the libraries it needs, else one that is
 * installed. Without either, fails with a sentence that says what to install.
 */
export async function openBrowser(): Promise<Browser> {
  const failures: string[] = [];
  const candidates = [
    () => chromium.executablePath(),
    ...SYSTEM_BROWSERS.filter(existsSync).map((path) => async () => path),
  ];
  for (const candidate of candidates) {
    let path = '@sparticuz/chromium';
    try {
      path = await candidate();
      return await driver.launch({ executablePath: path, args: ARGUMENTS, headless: true });
    } catch (error) {
      failures.push(`${path}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    `no browser can be started; install one with \`apt-get install chromium\` (or the library that is named here)\n${failures.join('\n')}`,
  );
}

/** A browser that does not start says why in one line of many. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((each) => /error while loading|cannot|failed|no such file/i.test(each));
  return (line ?? text.split('\n')[0] ?? '').trim();
}
