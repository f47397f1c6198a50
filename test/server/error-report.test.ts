import { expect, test } from 'vitest';
import { useErrorReport } from '../../src/server/error-report.ts';
import type { Log } from '../../src/server/log.ts';

type Hooked = Parameters<NonNullable<ReturnType<typeof useErrorReport>['onRequest']>>[0];
type Handler = Hooked['requestHandler'];

test('what fails outside the execution is answered without its stack, and logged with the request', async () => {
  const logged: object[] = [];
  const log = { error: (what: object) => logged.push(what) } as unknown as Log;
  let handler: Handler = () => {
    throw new Error('the secret reason');
  };
  const asked = {
    requestHandler: handler,
    setRequestHandler: (wrapped: Handler) => {
      handler = wrapped;
    },
    fetchAPI: { Response },
    serverContext: { requestId: 'r-1' },
  };
  await useErrorReport({ log }).onRequest?.(asked as unknown as Hooked);
  const answer = await handler(new Request('http://localhost/graphql'), {} as never);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r-1' } }],
  });
  expect(logged).toMatchObject([{ requestId: 'r-1', err: { message: 'the secret reason' } }]);
});
