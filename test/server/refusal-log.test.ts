import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Work } from '../../src/access/work.ts';
import type { Exchange } from '../../src/server/exchange.ts';
import type { Log } from '../../src/server/log.ts';
import { RefusalLog } from '../../src/server/refusal-log.ts';

/** A request to /graphql, answered with `statusCode`. */
function answered(statusCode: number): Exchange {
  // as: of a request and its response only this is read
  const request = { method: 'POST' } as IncomingMessage;
  const response = { statusCode } as ServerResponse;
  return { request, response, path: '/graphql', requestId: 'r', now: 0, began: 0, work: new Work(), caller: 'none' };
}

describe('a log of refusals', () => {
  let lines: object[];
  let now: number;
  let log: RefusalLog;
  const refuse = (times: number): void => {
    for (let n = 0; n < times; n++) log.ended(answered(401));
  };
  const counts = (): readonly unknown[] => lines.map((line) => ('requests' in line ? line.requests : 'one'));
  const ten = Array.from({ length: 10 }, () => 'one');

  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    now = 0;
    // as: nothing else of a log is used
    log = new RefusalLog({ warn: (line: object) => lines.push(line) } as unknown as Log, () => now);
    return () => vi.useRealTimers();
  });

  it('has a line of each, of who is not known, who may not, and who asks too much', () => {
    for (const status of [200, 400, 401, 403, 404, 429, 500]) log.ended(answered(status));
    expect(lines).toEqual(
      [401, 403, 429].map((status) => ({ requestId: 'r', method: 'POST', path: '/graphql', status, caller: 'none' })),
    );
  });

  it('counts those beyond ten in a second, and tells of them in the next', () => {
    refuse(15);
    now = 999;
    refuse(5);
    expect(counts()).toEqual(ten);
    now = 1_000;
    refuse(2);
    expect(counts()).toEqual([...ten, 10, 'one', 'one']);
  });

  it('tells of them when nobody is refused any more, once', () => {
    refuse(12);
    vi.advanceTimersByTime(1_000);
    expect(counts()).toEqual([...ten, 2]);
    now = 2_000;
    refuse(1);
    log.stop();
    expect(counts()).toEqual([...ten, 2, 'one']);
  });

  it('tells of them when it is stopped before', () => {
    refuse(12);
    log.stop();
    expect(counts()).toEqual([...ten, 2]);
    vi.advanceTimersByTime(5_000);
    expect(counts()).toEqual([...ten, 2]);
  });
});
