import { expect, it } from 'vitest';
import type { NewAuditEvent } from '../../src/directory/stores/audit-store.ts';
import { ALICE, BASE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const KEY = 'AKIAGONEGONEGONE0000';

/** An import by somebody whose key is not there any more. */
const EVENT: NewAuditEvent = {
  at: Date.now(),
  requestId: null,
  event: 'ImportDirectory',
  principal: ALICE,
  keyId: KEY,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: null,
  userAgent: null,
  action: null,
  target: null,
  outcome: 'SUCCEEDED',
  code: null,
  effect: null,
  deniedBy: null,
  revision: null,
  acting: { keyId: KEY, keySessionId: null, signInId: null, roleSessionId: null, checker: null },
};

describeInBothStores('an import', (store) => {
  it('is not made with credentials that have ended since it was asked for', async () => {
    const directory = await store.open(BASE);
    const before = await directory.revision();
    const document = { users: [{ arn: ALICE, tags: { made: 'by nobody' } }] };
    await expect(directory.apply(document, undefined, EVENT)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
    expect(await directory.revision()).toBe(before);
    // Without an event, as by the command line, it is.
    expect((await directory.apply(document)).changed).toBe(true);
  });
});
