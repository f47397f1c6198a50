import { beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { ALICE, BASE } from '../../directory/documents.ts';
import { ANONYMOUS, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import type { TestServices } from '../services.ts';

let live: Live;
let services: TestServices;
let alice: Caller;

beforeAll(async () => {
  const opened = await openLive({ alice: ALICE }, BASE);
  ({ live, services } = opened);
  alice = opened.callers.alice;
});

const PAGE = `query ($after: String, $since: Revision) {
  directoryExport(after: $after, unchangedSince: $since) { member documents next revision }
}`;

describe('the export of the directory', () => {
  test('comes page by page, and is all that an export holds', async () => {
    const documents: string[] = [];
    const members: string[] = [];
    let after: string | null = null;
    let since: string | null = null;
    do {
      const { directoryExport: page } = await live.ask(OPERATOR, PAGE, { after, since });
      documents.push(...page.documents);
      members.push(page.member);
      since ??= page.revision;
      after = page.next;
    } while (after !== null);
    const written: string[] = [];
    await services.directory.exports.all(async ({ kind, count }) => void written.push(`${kind} ${count}`));
    expect(members).toEqual(written.map((each) => each.split(' ')[0]));
    expect(documents.filter((each) => each.startsWith('{"users":'))).toHaveLength(2);
    expect(documents.join('\n')).not.toContain('AKIA');
  });

  test('is for the operator alone', async () => {
    expect(await live.fail(alice, PAGE)).toEqual([
      { code: 'FORBIDDEN', message: '`directoryExport` needs the operator, which you are not allowed' },
    ]);
    expect(await live.fail(ANONYMOUS, PAGE)).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
  });

  test('ends when the directory changes, and goes on when somebody only signs in', async () => {
    const { directoryExport: first } = await live.ask(OPERATOR, PAGE);
    await services.directory.apply({ accessKeys: [{ id: 'AKIAANOTHERAAAAAAAAA', user: ALICE }] });
    const next = { after: first.next, since: first.revision };
    expect((await live.ask(OPERATOR, PAGE, next)).directoryExport.member).toBe('organizations');
    await services.directory.apply({ users: [{ arn: ALICE, tags: { Team: 'red' } }] });
    expect(await live.fail(OPERATOR, PAGE, next)).toEqual([
      { code: 'CONFLICT', message: 'the directory has changed since the export began: begin again' },
    ]);
  });

  test.each(['x', 'accessKeys:', '__proto__:x', ''])('refuses a place that is none: %j', async (after) => {
    expect(await live.fail(OPERATOR, PAGE, { after })).toEqual([
      { code: 'BAD_USER_INPUT', message: '`after` is not a place in an export' },
    ]);
  });
});
