import { resolve } from 'node:path';
import { type Account, AccountRefused, accountOfProfile } from './collect/account.ts';
import { AnswerFolder } from './collect/answer-folder.ts';
import type { CollectCommand } from './collect/arguments.ts';
import { AssumedRole } from './collect/assumed-role.ts';
import { AwsCommand, type AwsCommandOptions, type Environment } from './collect/aws-command.ts';
import { collectAccount } from './collect/collect-account.ts';
import { type CollectedOrganization, collectOrganization } from './collect/collect-organization.ts';
import { Collector } from './collect/collector.ts';
import { dryRun } from './collect/dry-run.ts';
import { reportOf } from './collect/report.ts';
import { Run } from './collect/run.ts';
import { CommandFailed } from './failure.ts';
import { ProgressLine, type Terminal } from './terminal.ts';

/** The surroundings of the command; the limits are for tests. `signal` is aborted when the user interrupts. */
export interface CollectSurroundings extends Pick<AwsCommandOptions, 'signal' | 'pause' | 'run'> {
  readonly env: Environment;
}

/** `rolegate collect`. Throws CommandFailed; what was answered until then is kept. */
export async function collect(
  command: CollectCommand,
  terminal: Terminal,
  surroundings: CollectSurroundings,
): Promise<void> {
  const { env, signal } = surroundings;
  const path = command.aws ?? (env['ROLEGATE_AWS_COMMAND'] || (process.platform === 'win32' ? 'aws.exe' : 'aws'));
  if (command.dryRun) {
    terminal.out(dryRun(command, path));
    return;
  }
  const progress = new ProgressLine(terminal);
  const folder = new AnswerFolder(resolve(command.folder));
  const stopped = new AbortController();
  const aws = new AwsCommand({ ...surroundings, path, signal: AbortSignal.any([signal, stopped.signal]) });
  const collector = new Collector(aws, folder, progress, command.parallel);
  const run = new Run(folder, await folder.open(), collector, command.refresh);
  try {
    await run.save(null);
    if (command.organization) await collectWholeOrganization(command, aws, collector, run);
    else await collectProfiles(command, aws, collector, run);
    await run.save(new Date());
  } catch (error) {
    // The other commands that run are stopped.
    stopped.abort();
    await run.save(null);
    if (signal.aborted) throw new CommandFailed('interrupted: run the same command again to go on', { cause: error });
    throw error;
  } finally {
    progress.clear();
    await folder.close();
  }
  const { out, error } = reportOf(collector, command.folder, run.accounts);
  terminal.error(error);
  terminal.out(out);
}

async function collectProfiles(
  command: CollectCommand,
  aws: AwsCommand,
  collector: Collector,
  run: Run,
): Promise<void> {
  const profiles = command.profiles.length === 0 ? [null] : command.profiles;
  const seen = new Map<string, string | null>();
  for (const [index, profile] of profiles.entries()) {
    const account = await enter(aws, profile, run);
    if (seen.has(account.id)) {
      throw new CommandFailed(
        `the profiles ${seen.get(account.id)} and ${profile} are of the same account, ${account.id}`,
      );
    }
    seen.set(account.id, profile);
    collector.stage = `${account.id} (${index + 1} of ${profiles.length}): `;
    const { regions } = command;
    await run.finish(account.id, regions, () =>
      collectAccount(collector, account, { regions, isInCollectedOrganization: false }),
    );
  }
}

async function collectWholeOrganization(
  command: CollectCommand,
  aws: AwsCommand,
  collector: Collector,
  run: Run,
): Promise<void> {
  const { regions } = command;
  const profile = command.profiles[0] ?? null;
  const caller = await enter(aws, profile, run);
  collector.stage = 'organization: ';
  const organization = await collectOrganization(collector, caller, (id) => run.begin(id));
  await run.finishOrganization(organization.managementAccount);
  const accounts = accountsOf(command, organization, caller, collector);
  for (const [index, id] of accounts.entries()) {
    run.begin(id);
    const role = { account: id, name: command.roleName ?? '' };
    const entered = async (text: string): Promise<void> => run.keepAnswer(id, text);
    const account = id === caller.id ? caller : new AssumedRole(aws, caller, profile, role, entered);
    collector.stage = `${id} (${index + 1} of ${accounts.length}): `;
    await leavingOut(collector, id, () =>
      run.finish(id, regions, () => collectAccount(collector, account, { regions, isInCollectedOrganization: true })),
    );
  }
}

/** Without a role, the caller's own account alone. */
function accountsOf(
  command: CollectCommand,
  organization: CollectedOrganization,
  caller: Account,
  collector: Collector,
): readonly string[] {
  if (command.roleName === null) return [caller.id];
  for (const { id, isActive } of organization.accounts) {
    if (!isActive) collector.leaveOutAccount(id, { code: 'AccountNotActive', message: 'the account is not active' });
  }
  return organization.accounts.filter(({ isActive }) => isActive).map(({ id }) => id);
}

async function enter(aws: AwsCommand, profile: string | null, run: Run): Promise<Account> {
  const [account, caller] = await accountOfProfile(aws, profile);
  run.begin(account.id);
  await run.keepAnswer(account.id, caller.text);
  return account;
}

async function leavingOut(collector: Collector, account: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AccountRefused)) throw error;
    collector.leaveOutAccount(account, error.failure);
  }
}
