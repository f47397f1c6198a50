import { expect, test } from 'vitest';
import { pagesOf } from '../../../src/cli/ask/pages.ts';
import { safeJson } from '../../../src/cli/ask/safe-json.ts';
import { StreamedJson } from '../../../src/cli/ask/streamed-json.ts';
import { whoCan } from '../../../src/cli/ask/who-can.ts';

/** ESC, a C1 control, a line end, and what turns text round. */
const HOSTILE = 'arn:aws:iam::111111111111:user/\u001b[2J\u009b\n\u202eecila';

/** Answers of a gateway that has `count` entries, and one revision for each page. */
function listing(count: number, revisionOf: (page: number) => string) {
  const asked: number[] = [];
  return {
    asked,
    name: 'a gateway',
    directory: null,
    answer: async (_query: string, { first, after }: Readonly<Record<string, unknown>>) => {
      asked.push(Number(first));
      const from = Number(after ?? 0);
      const to = Math.min(count, from + Number(first));
      const nodes = Array.from({ length: to - from }, (_, i) => ({
        principal: { principalId: `${HOSTILE}${from + i}` },
        conditions: [],
      }));
      const pageInfo = { endCursor: String(to), hasNextPage: to < count };
      const list = { totalCount: count, revision: revisionOf(asked.length), gaps: [], outsiders: [], nodes, pageInfo };
      return { status: 200, text: JSON.stringify({ data: { whoCan: list } }) };
    },
    close: () => Promise.resolve(),
  };
}

const QUESTION = whoCan(['s3:GetObject', 'arn:aws:s3:::b/k'], {});

test('all pages are read and printed, in either form, and nothing in them reaches a terminal as a command', async () => {
  const asked = listing(1201, () => 'r1');
  const print = QUESTION.printer();
  const json = new StreamedJson(QUESTION.pages);
  let lines = '';
  let text = '';
  for await (const { data, ...part } of pagesOf(asked, QUESTION, null, () => expect.unreachable())) {
    lines += print(data, part);
    text += json.piece(data, part);
  }
  expect(asked.asked).toEqual([500, 500, 500]);
  expect(lines.split('\n')).toHaveLength(1203);
  const { whoCan: list } = JSON.parse(text);
  expect(list).toEqual({ totalCount: 1201, revision: 'r1', gaps: [], outsiders: [], nodes: expect.any(Array) });
  expect(list.nodes[1200].principal.principalId).toBe(`${HOSTILE}1200`);
  for (const printed of [lines, text]) expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('--first ends the list, and a list of several revisions says so', async () => {
  const asked = listing(2000, (page) => `r${page}`);
  let changes = 0;
  const parts: boolean[] = [];
  for await (const { more, isLast } of pagesOf(asked, QUESTION, 1100, () => (changes += 1))) parts.push(more, isLast);
  expect(asked.asked).toEqual([500, 500, 100]);
  expect(parts).toEqual([false, false, false, false, true, true]);
  expect(changes).toBe(1);
});

test('JSON means what it meant', () => {
  const value = { name: `${HOSTILE}\u{e0041}\u2028`, list: [1, { a: null }] };
  expect(JSON.parse(safeJson(value))).toEqual(value);
  expect(safeJson(value, 0)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
});
