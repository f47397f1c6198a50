import { expect, onTestFinished, test, vi } from 'vitest';
import { type ChangeRequest, createEntityChanges } from '../../src/session/entity-changes.ts';
import type { SessionDirectory } from '../../src/session/session-tools.ts';
import { allow, policy, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

test('the documents of many changes are checked with room for others between them', async () => {
  // By this clock each document takes longer than a turn.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  let made = 0;
  // as: what the changes use of it
  const directory = {
    audit: { record: () => Promise.resolve() },
    entities: {
      make: () => {
        made += 1;
        return Promise.resolve(undefined);
      },
    },
    previews: {},
  } as unknown as SessionDirectory;
  const changes = Array.from({ length: 100 }, (_, n): ChangeRequest => {
    const input = { userArn: userArn('alice'), policyName: `p${n}`, policyDocument: policy(allow('s3:*')) };
    return { name: 'putUserPolicy', input };
  });
  let turns = 0;
  let isDone = false;
  const beat = (): void => {
    turns += 1;
    if (!isDone) setImmediate(beat);
  };
  setImmediate(beat);
  await createEntityChanges({ directory }).applyChanges({ kind: 'operator' }, changes, NOON);
  isDone = true;
  expect(made).toBe(1);
  expect(turns).toBeGreaterThanOrEqual(100);
});
