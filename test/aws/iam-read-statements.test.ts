import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Work } from '../../src/access/work.ts';
import { IAM_READS } from '../../src/aws/operations/iam-read/iam-reads.ts';
import type { AwsContext } from '../../src/aws/operations/operation.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import { NOW } from '../graphql/gateway.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { crowd, iamArn, READER_KEY, worldOfIam } from './iam-world.ts';

describe('what reaches the database does not grow with a page:', () => {
  let services: TestServices;

  beforeAll(async () => {
    services = await openServices(demoDirectory());
    for (const document of [...worldOfIam(), crowd()]) await services.directory.apply(document);
  }, OPENING);
  afterAll(() => services.remove());

  /** Statements of one operation, with nothing in memory, and signing in. */
  async function statementsOf(operation: keyof typeof IAM_READS, input: object): Promise<number> {
    services = await services.reopen();
    const before = services.statements.length;
    const caller = await services.signIn(READER_KEY);
    const context: AwsContext = {
      ...services,
      caller,
      now: NOW,
      origin: UNKNOWN_ORIGIN,
      request: {},
      work: new Work(),
    };
    // as: the table says which input belongs to which operation
    await IAM_READS[operation](context, input as never);
    return services.statements.length - before;
  }

  test.each([
    ['ListUsers', {}, 1, 8],
    ['ListRoles', {}, 1, 8],
    ['ListPolicies', {}, 1, 8],
    ['ListEntitiesForPolicy', { PolicyArn: iamArn('policy/limits/Limits') }, 1, 9],
    ['GetGroup', { GroupName: 'Everybody' }, 1, 10],
    ['ListInstanceProfiles', {}, 3, 8],
    // Few enough that there are more, and as many as have all kinds among them.
    ['GetAccountAuthorizationDetails', {}, 80, 13],
  ] as const)('%s', async (operation, input, few, most) => {
    const small = await statementsOf(operation, { ...input, MaxItems: few });
    expect(await statementsOf(operation, { ...input, MaxItems: 1000 })).toBe(small);
    expect(small).toBeLessThanOrEqual(most);
  });
});
