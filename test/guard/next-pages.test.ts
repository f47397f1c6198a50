import { describe, expect, it } from 'vitest';
import type { GuardContext } from '../../src/guard/context.ts';
import { foundForPage } from '../../src/guard/next-pages.ts';
import type { Caller } from '../../src/session/caller.ts';
import { userArn } from '../support/policies.ts';
import { refOf } from '../support/questions.ts';

const OPERATOR: Caller = { kind: 'operator' };
const caller = (name: string): Caller => ({
  kind: 'principal',
  ref: refOf(userArn(name)),
  keyId: `AKIA${name}`,
  session: null,
});

function aDirectory() {
  const directory = { now: 1n, revision: async () => directory.now };
  let found = 0;
  /** Asks for a page; returns which search it is of. */
  const page = async (
    who: Caller,
    asked: readonly unknown[],
    {
      isNextPage = true,
      sourceIp = '192.0.2.1',
      bytes = 100,
    }: { isNextPage?: boolean; sourceIp?: string; bytes?: number } = {},
  ): Promise<number> => {
    const origin = { sourceIp, secureTransport: true, userAgent: null, referer: null, context: new Map() };
    // as: nothing else of the context is read
    const context = { caller: who, directory, origin, now: 0, request: {} } as unknown as GuardContext;
    const { number } = await foundForPage(context, {
      asked,
      isNextPage,
      bytesOf: () => bytes,
      find: async (before: { number: number; revision: bigint } | null) => {
        if (before !== null) return before;
        found += 1;
        return { number: found, revision: directory.now };
      },
    });
    return number;
  };
  return { directory, page };
}

describe('a next page', () => {
  it('is of what was found for the first one', async () => {
    const { page } = aDirectory();
    expect(await page(OPERATOR, ['whoCan', 'a'], { isNextPage: false })).toBe(1);
    expect(await page(OPERATOR, ['whoCan', 'a'])).toBe(1);
    expect(await page(OPERATOR, ['whoCan', 'b'])).toBe(2);
    expect(await page(OPERATOR, ['whoCan', new Map([['aws:SourceIp', 'x']])])).toBe(3);
    expect(await page(OPERATOR, ['whoCan', new Map([['aws:SourceIp', 'y']])])).toBe(4);
    // Whoever begins again gets what is true now.
    expect(await page(OPERATOR, ['whoCan', 'a'], { isNextPage: false })).toBe(5);
  });

  it('is never of what was found for somebody else, or from elsewhere', async () => {
    const { page } = aDirectory();
    expect(await page(OPERATOR, ['whoCan'])).toBe(1);
    expect(await page(caller('alice'), ['whoCan'])).toBe(2);
    expect(await page(caller('bob'), ['whoCan'])).toBe(3);
    expect(await page(caller('alice'), ['whoCan'], { sourceIp: '198.51.100.1' })).toBe(4);
    expect(await page(caller('alice'), ['whoCan'])).toBe(2);
  });

  it('is found again when the directory has changed', async () => {
    const { directory, page } = aDirectory();
    expect(await page(OPERATOR, ['whoCan'])).toBe(1);
    directory.now = 2n;
    expect(await page(OPERATOR, ['whoCan'])).toBe(2);
  });

  it('is found again where there is more than may be kept', async () => {
    const { page } = aDirectory();
    expect(await page(OPERATOR, ['whoCan'], { bytes: 40_000_000 })).toBe(1);
    expect(await page(OPERATOR, ['whoCan'])).toBe(2);
    for (const n of [1, 2, 3]) await page(OPERATOR, ['other', n], { bytes: 30_000_000 });
    expect(await page(OPERATOR, ['whoCan'])).toBe(6);
  });
});
