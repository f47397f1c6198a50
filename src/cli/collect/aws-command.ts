import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed } from '../failure.ts';
import { plain } from '../plain.ts';
import { type AwsFailure, failureOf } from './failure-of-aws.ts';
import type { Operation } from './operations.ts';
import { isPermitted, nameOf } from './permitted.ts';
import { type ProcessResult, runProcess } from './run-process.ts';

/** Variables of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whose credentials a command has: options and variables of the environment. */
export interface Identity {
  readonly options: readonly string[];
  readonly env: Environment;
}

export type AwsAnswer =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'failure'; readonly failure: AwsFailure };

export interface AwsCommandOptions {
  /** A path, or a name that is looked for on PATH. */
  readonly path: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** The first pause before a question is asked again, in milliseconds; each further pause is twice as long. */
  readonly pause?: number;
  /** Bytes of one answer. */
  readonly maxAnswer?: number;
  /** Starts processes; a test can answer in their place. */
  readonly run?: typeof runProcess;
}

/** An answer of the largest account that AWS allows has about a hundred MiB. */
const MAX_ANSWER = 268_435_456;
const MAX_TIME = 15 * 60_000;
const ATTEMPTS = 7;
const MAX_PAUSE = 30_000;

/** Of every command. */
const GENERAL = ['--output', 'json', '--no-cli-pager'];
/** No pager, no questions, and text that does not depend on the machine. */
const SETTINGS: Environment = {
  AWS_PAGER: '',
  AWS_CLI_AUTO_PROMPT: 'off',
  AWS_CLI_OUTPUT_ENCODING: 'utf-8',
  PYTHONUTF8: '1',
};
const SECRETS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** The user's own `aws` command. */
export class AwsCommand {
  readonly #options: AwsCommandOptions;

  constructor(options: AwsCommandOptions) {
    this.#options = options;
    // One for each process that runs.
    setMaxListeners(0, options.signal);
  }

  /** Asks one read-only question; any other operation is an error of this program. Throws CommandFailed, and if aborted. */
  async ask(operation: Operation, options: readonly string[], identity: Identity): Promise<AwsAnswer> {
    if (!isPermitted(operation)) throw new Error(`\`${nameOf(operation)}\` is not an operation that may be run`);
    return this.#untilAnswered([operation.service, operation.operation, ...options], identity);
  }

  /** The one operation that is not read-only. Its answer is secret. */
  async assumeRole(roleArn: string, sessionName: string, identity: Identity): Promise<AwsAnswer> {
    const options = ['--role-arn', roleArn, '--role-session-name', sessionName];
    return this.#untilAnswered(['sts', 'assume-role', ...options], identity);
  }

  /** Asks again, after ever longer pauses, while AWS says that it is too busy. */
  async #untilAnswered(command: readonly string[], identity: Identity): Promise<AwsAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(command, identity);
      if (answer.kind === 'answer' || answer.failure.kind !== 'transient' || attempt === ATTEMPTS) return answer;
      const pause = Math.min((this.#options.pause ?? 1000) * 2 ** (attempt - 1), MAX_PAUSE);
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal: this.#options.signal });
    }
  }

  async #once(command: readonly string[], identity: Identity): Promise<AwsAnswer> {
    const { path, signal, maxAnswer, run = runProcess } = this.#options;
    signal.throwIfAborted();
    const env = { ...this.#options.env, ...identity.env, ...SETTINGS };
    const args = [...command, ...identity.options, ...GENERAL];
    let result: ProcessResult;
    try {
      result = await run(path, args, env, { size: maxAnswer ?? MAX_ANSWER, time: MAX_TIME }, signal);
    } catch (cause) {
      throw new CommandFailed(notStarted(path, cause), { cause });
    }
    signal.throwIfAborted();
    const answer = answerOf(result, maxAnswer ?? MAX_ANSWER);
    if (answer.kind === 'answer') return answer;
    return failed({ ...answer.failure, message: withoutSecrets(answer.failure.message, env) });
  }
}

function answerOf({ exitCode, stdout, stderr, limit }: ProcessResult, maxAnswer: number): AwsAnswer {
  if (limit === 'size') {
    const message = `the answer is larger than ${Math.floor(maxAnswer / 1_048_576)} MiB`;
    return failed({ kind: 'other', code: 'AnswerTooLarge', message });
  }
  if (limit === 'time') {
    return failed({ kind: 'other', code: 'NoAnswer', message: `no answer came within ${MAX_TIME / 60_000} minutes` });
  }
  if (exitCode !== 0) return failed(failureOf(stderr, exitCode));
  try {
    return { kind: 'answer', text: new TextDecoder('utf-8', { fatal: true }).decode(stdout) };
  } catch {
    return failed({ kind: 'other', code: 'NotUtf8', message: 'the answer is not UTF-8' });
  }
}

function failed(failure: AwsFailure): AwsAnswer {
  return { kind: 'failure', failure };
}

/** AWS's messages have no credentials. Those of another program called `aws` could. */
function withoutSecrets(message: string, env: Environment): string {
  const secrets = SECRETS.map((name) => env[name] ?? '').filter((secret) => secret !== '');
  // One may be part of another.
  return secrets.sort((a, b) => b.length - a.length).reduce((text, secret) => text.replaceAll(secret, '***'), message);
}

function notStarted(path: string, error: unknown): string {
  const shown = plain(path);
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const hint = 'install version 2 of the AWS command line, or name it with --aws PATH or ROLEGATE_AWS_COMMAND';
  if (code === 'ENOENT') return `the command \`${shown}\` is not there: ${hint}`;
  if (code === 'EACCES') return `the command \`${shown}\` may not be run`;
  return `the command \`${shown}\` cannot be run (${error instanceof Error ? error.message : String(error)})`;
}
