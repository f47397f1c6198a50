import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import type { runProcess } from '../../src/cli/collect/run-process.ts';
import { collect } from '../../src/cli/collect-command.ts';
import { answerCommand } from './aws-answers.mjs';

/** Stands for the `aws` command. */
export const AWS = fileURLToPath(new URL('aws.mjs', import.meta.url));

/** What aws.mjs answers from; it says what the members mean. */
export interface World {
  readonly partition?: string;
  readonly profiles: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly roles?: Readonly<Record<string, number>>;
  readonly roleSeconds?: number;
  readonly expired?: Readonly<Record<string, number>>;
}

export interface Call {
  readonly account: string;
  readonly key: string | null;
  readonly argv: readonly string[];
  readonly pager: string;
}

interface CollectOptions {
  /** Whether the `aws` command is a process of its own, as for users; without it the tests take a tenth of the time. */
  readonly processes?: boolean;
  /** Whether the `aws` command takes no credentials from its environment. */
  readonly ignoresEnvironment?: boolean;
  readonly isInteractive?: boolean;
  readonly dir?: string;
}

const inThisProcess: typeof runProcess = async (_path, args, env) => {
  // As a process does, it ends later than it begins.
  await new Promise((resolve) => setImmediate(resolve));
  const { exitCode, stdout, stderr } = answerCommand(args, env);
  return { exitCode, stdout: Buffer.from(stdout), stderr, limit: null };
};

const withoutCredentials: typeof runProcess = (path, args, env, ...rest) =>
  inThisProcess(path, args, { ...env, AWS_ACCESS_KEY_ID: undefined }, ...rest);

/** A folder with a world and with what is collected of it. */
export class CollectedWorld {
  readonly home: string;
  readonly dir: string;

  private constructor(home: string) {
    this.home = home;
    this.dir = join(home, 'collected');
  }

  static async of(world: World): Promise<CollectedWorld> {
    const made = new CollectedWorld(await mkdtemp(join(tmpdir(), 'rolegate-aws-')));
    onTestFinished(() => rm(made.home, { recursive: true, force: true }));
    await made.become(world);
    return made;
  }

  /** From now on AWS is like this. Calls are counted anew. */
  async become(world: World): Promise<void> {
    await writeFile(join(this.home, 'world.json'), JSON.stringify(world));
    await writeFile(join(this.home, 'calls.jsonl'), '');
  }

  get env(): Readonly<Record<string, string>> {
    return { PATH: process.env['PATH'] ?? '', TEST_AWS: this.home, ROLEGATE_AWS_COMMAND: AWS };
  }

  /** `rolegate collect DIR …args`. `failure`: the sentence of the exception. */
  async collect(args: readonly string[] = [], options: CollectOptions = {}) {
    const command = parseCommand(['collect', options.dir ?? this.dir, ...args]);
    if (command.kind !== 'collect') throw new Error(`parsed as ${command.kind}`);
    let out = '';
    let error = '';
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      error: (text: string) => {
        error += text;
      },
      isInteractive: options.isInteractive ?? false,
    };
    const surroundings = {
      env: this.env,
      signal: new AbortController().signal,
      pause: 1,
      ...(options.processes === true
        ? {}
        : { run: options.ignoresEnvironment === true ? withoutCredentials : inThisProcess }),
    };
    const failure = await collect(command, terminal, surroundings).then(
      () => null,
      (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
    );
    return { out, error, failure };
  }

  /** All calls so far, in their order. */
  async calls(): Promise<readonly Call[]> {
    const text = await readFile(join(this.home, 'calls.jsonl'), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line): Call => JSON.parse(line));
  }

  /** The questions of the calls, sorted: without what each call has. */
  async questions(): Promise<readonly string[]> {
    return (await this.calls()).map(({ argv }) => argv.slice(0, -3).join(' ')).sort();
  }

  /** The files that were written, by their paths in the folder. */
  async files(): Promise<readonly string[]> {
    const found: string[] = [];
    const walk = async (folder: string): Promise<void> => {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) await walk(path);
        else found.push(relative(this.dir, path));
      }
    };
    await walk(this.dir);
    return found.sort();
  }

  /** What stands at the top of the folder. */
  async listing(): Promise<readonly string[]> {
    return readdir(this.dir);
  }

  async text(file: string): Promise<string> {
    return readFile(join(this.dir, file), 'utf8');
  }

  async json(file: string): Promise<unknown> {
    return JSON.parse(await this.text(file));
  }

  /** Permissions, as an octal number. */
  async mode(path: string): Promise<string> {
    return ((await stat(join(this.dir, path))).mode & 0o777).toString(8);
  }
}
