import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CollectedWorld, type World } from '../../support/aws-world.ts';
import { run, runToEnd } from '../../support/process.ts';

const WORLD: World = {
  profiles: { default: '111111111111' },
  answers: { 'kms list-keys': { $hangs: true }, 'sqs list-queues': { $hangs: true } },
};

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops the commands that run, and leaves a folder that can be continued', async (signal, code) => {
  const world = await CollectedWorld.of(WORLD);
  const args = ['collect', world.dir, '--regions', 'eu-west-1'];
  const options = { cwd: world.home, env: world.env };
  const running = run('cli/main.js', args, options);
  const hung = async () => (await world.questions()).filter((text) => /^(?:kms list-keys|sqs list-queues) /.test(text));
  while ((await hung()).length < 2) await delay(50);
  const stoppedAt = Date.now();
  running.child.kill(signal);
  expect(await running.ended).toBe(code);
  // Without them it would wait until they end by themselves.
  expect(Date.now() - stoppedAt).toBeLessThan(20_000);
  expect([running.out(), running.error()]).toEqual([
    '',
    'rolegate: interrupted: run the same command again to go on\n',
  ]);
  const files = await world.files();
  expect(files.filter((file) => file.startsWith('.'))).toEqual([]);
  expect(await world.json('_collect.json')).toMatchObject({ finished: null });
  await world.become({ ...WORLD, answers: {} });
  const again = await runToEnd('cli/main.js', args, options);
  expect([again.code, again.error]).toEqual([0, '']);
  expect(await world.questions()).toEqual(expect.arrayContaining(['kms list-keys --region eu-west-1']));
  expect(await world.calls()).toHaveLength((await world.files()).length - files.length + 1);
});

test('drafts of a process that was killed are removed by the next', async () => {
  const world = await CollectedWorld.of(WORLD);
  const args = ['collect', world.dir, '--regions', 'eu-west-1'];
  const running = run('cli/main.js', args, { cwd: world.home, env: world.env });
  while ((await world.calls()).length < 4) await delay(50);
  running.child.kill('SIGKILL');
  await running.ended;
  expect((await world.listing()).some((name) => name.startsWith('.partial-'))).toBe(true);
  await world.become({ ...WORLD, answers: {} });
  expect((await world.collect(['--regions', 'eu-west-1'])).failure).toBeNull();
  expect((await world.listing()).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an expired credential ends the command with exit code 1 and its sentence', async () => {
  const world = await CollectedWorld.of({ ...WORLD, answers: {}, expired: { default: 0 } });
  const { code, out, error } = await runToEnd('cli/main.js', ['collect', world.dir], {
    cwd: world.home,
    env: world.env,
  });
  expect([code, out]).toEqual([1, '']);
  expect(error).toMatch(/^rolegate: the credentials are missing or have expired: [^\n]+\nSign in again [^\n]+\n$/);
});
