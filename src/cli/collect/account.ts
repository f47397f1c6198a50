import { CommandFailed } from '../failure.ts';
import type { AwsCommand, Identity } from './aws-command.ts';
import type { AwsFailure } from './failure-of-aws.ts';
import { textMember } from './json.ts';
import { IDENTITY } from './operations.ts';

/** An account that is collected, and how it is asked. */
export interface Account {
  readonly id: string;
  readonly partition: string;
  /** Credentials that are valid now. Throws AccountRefused, CommandFailed. */
  identity(): Promise<Identity>;
  /** Credentials in place of `expired`; null: there are no others. */
  renewed(expired: Identity): Promise<Identity | null>;
}

/** The account gives no credentials: it is left out, and the others go on. */
export class AccountRefused extends Error {
  readonly failure: AwsFailure;

  constructor(failure: AwsFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Who a command is for AWS. */
export interface Caller {
  readonly account: string;
  readonly partition: string;
  /** What AWS answered. */
  readonly text: string;
}

const ACCOUNT_ID = /^\d{12}$/;

/** The account of a profile of the AWS command line, or, without one, of the credentials of the environment. */
export async function accountOfProfile(aws: AwsCommand, profile: string | null): Promise<[Account, Caller]> {
  const identity: Identity = { options: profile === null ? [] : ['--profile', profile], env: {} };
  const caller = await callerOf(aws, identity);
  if ('kind' in caller) throw new CommandFailed(refusalOf(profile, caller));
  const account: Account = {
    id: caller.account,
    partition: caller.partition,
    identity: async () => identity,
    renewed: async () => null,
  };
  return [account, caller];
}

export async function callerOf(aws: AwsCommand, identity: Identity): Promise<Caller | AwsFailure> {
  const answer = await aws.ask(IDENTITY, [], identity);
  if (answer.kind === 'failure') return answer.failure;
  let value: unknown = null;
  try {
    value = JSON.parse(answer.text);
  } catch {
    // Told below.
  }
  const account = textMember(value, 'Account') ?? '';
  const partition = /^arn:(aws[a-z-]*):/.exec(textMember(value, 'Arn') ?? '')?.[1];
  if (partition === undefined || !ACCOUNT_ID.test(account)) {
    throw new CommandFailed(
      'the `aws` command does not print what `sts get-caller-identity` answers: is it AWS’s own?',
    );
  }
  return { account, partition, text: answer.text };
}

function refusalOf(profile: string | null, failure: AwsFailure): string {
  const whose = profile === null ? 'the credentials of the environment' : `the profile ${profile}`;
  if (failure.kind === 'signIn') return signInAgain(failure);
  if (failure.kind === 'unsupported') {
    return `the \`aws\` command does not understand its options: version 2 of the AWS command line is needed (${failure.message})`;
  }
  return `AWS does not accept ${whose}: ${failure.message}`;
}

/** What a user reads whose credentials are missing, or have expired on the way. */
export function signInAgain(failure: AwsFailure): string {
  return (
    `the credentials are missing or have expired: ${failure.message}\n` +
    'Sign in again (for example with `aws sso login`) and run the same command again: it goes on where it stopped.'
  );
}
