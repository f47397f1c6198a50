import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Answer, Question, Subject } from '../access/question.ts';
import { revisionText } from '../directory/revision-text.ts';
import type { Watch, WatchedRequest } from '../guard/watch.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import type { Log } from './log.ts';

/** Where decisions are written, and how many of them. */
export interface DecisionLogSettings {
  /** A path, or `stdout`; null: nowhere. */
  readonly place: string | null;
  /** From 0 to 1; null: all, but of a large batch a tenth. */
  readonly share: number | null;
}

/** Characters that are kept for one write. */
const TOGETHER = 262_144;
/** Characters that may wait to be written. What comes then is not logged: decisions do not wait for a disk. */
const MOST_WAITING = 33_554_432;
/** Decisions of a large batch, and the share of them that is logged where nothing is set. */
const LARGE = 100;
const OF_LARGE = 0.1;
/** Milliseconds for which a line is kept until it is written. */
const WITHIN = 200;

/** Opens it; null: there is none. Throws RolegateError. */
export async function openDecisionLog({ place, share }: DecisionLogSettings, log: Log): Promise<DecisionLog | null> {
  if (place === null || share === 0) return null;
  if (place === 'stdout') return new DecisionLog(process.stdout, share, log);
  try {
    // Refused here, and not at the first decision. Only its owner reads it: it says who may do what.
    await (await open(place, 'a', 0o600)).close();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RolegateError(
      'BAD_CONFIGURATION',
      `the log of decisions ${place} cannot be written (${code}): choose another ROLEGATE_DECISION_LOG`,
      { cause: error },
    );
  }
  return new DecisionLog(createWriteStream(place, { flags: 'a', mode: 0o600 }), share, log);
}

/**
 * A line of JSON for each decision that a caller was answered: when, for whom, of whom, on what, and what it was. Of condition keys the
 * names alone: their values are addresses, tags and tokens. A batch has most of its lines in common, which is written once.
 */
export class DecisionLog implements Watch {
  readonly #out: Writable;
  readonly #share: number | null;
  readonly #log: Log;
  #lines = '';
  #waiting = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Of the last subject and the last context: a batch mostly has one of each. */
  #subject: Subject | null = null;
  #subjectText = '';
  #context: Question['context'] | null = null;
  #contextText = '';
  #action = '';
  #actionText = '';
  #deniedBy: string | null = null;
  #revision: Answer['revision'] | null = null;
  #endText = '';

  constructor(out: Writable, share: number | null, log: Log) {
    this.#out = out;
    this.#share = share;
    this.#log = log;
    out.on('error', (error: unknown) => log.error({ err: error }, 'the log of decisions cannot be written'));
  }

  answered(context: WatchedRequest, questions: readonly Question[], answers: readonly (Answer | Error)[]): void {
    const share = this.#shareOf(answers.length);
    const head = headOf(context, share);
    for (let index = 0; index < answers.length; index += 1) {
      const answer = answers[index];
      const question = questions[index];
      if (question === undefined || answer === undefined || answer instanceof Error || !isDrawn(share)) continue;
      const { effect, deniedBy } = answer.decision;
      this.#put(
        `${head}${this.#asked(question)}${JSON.stringify(question.resource)},"effect":"${effect}",${this.#ended(deniedBy, answer)}`,
      );
    }
  }

  answeredAmong(
    context: WatchedRequest,
    question: Question,
    resources: readonly string[],
    allowed: readonly boolean[],
  ): void {
    const share = this.#shareOf(allowed.length);
    const head = `${headOf(context, share)}${this.#asked(question)}`;
    for (let index = 0; index < allowed.length; index += 1)
      if (isDrawn(share))
        this.#put(
          `${head}${JSON.stringify(resources[index])},"effect":"${allowed[index] === true ? 'ALLOWED' : 'DENIED'}"}\n`,
        );
  }

  performed(): void {
    // What is changed is in the audit trail.
  }

  /** Writes what is kept, and resolves when it is written. */
  async flushed(): Promise<void> {
    this.#flush();
    await new Promise<void>((resolve) => this.#out.write('', () => resolve()));
  }

  async stop(): Promise<void> {
    await this.flushed();
    if (this.#out !== process.stdout) await new Promise<void>((resolve) => this.#out.end(() => resolve()));
  }

  /** A line takes as long as some decisions of a batch: writing all of them would slow it down by more than it is worth. */
  #shareOf(count: number): number {
    return this.#share ?? (count > LARGE ? OF_LARGE : 1);
  }

  #asked({ subject, action, context }: Question): string {
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#subjectText = textOfSubject(subject);
    }
    if (context !== this.#context) {
      this.#context = context;
      this.#contextText =
        context.size === 0
          ? ''
          : `"context":${JSON.stringify(Object.fromEntries([...context.keys()].map((key) => [key, '***'])))},`;
    }
    if (action !== this.#action) {
      this.#action = action;
      this.#actionText = `"action":${JSON.stringify(action)},`;
    }
    return `${this.#subjectText}${this.#contextText}${this.#actionText}"resource":`;
  }

  /** The layer and the revision, which most lines have in common with the one before. */
  #ended(deniedBy: string | null, { revision }: Answer): string {
    if (deniedBy !== this.#deniedBy || revision !== this.#revision) {
      this.#deniedBy = deniedBy;
      this.#revision = revision;
      const layer = deniedBy === null ? '' : `"deniedBy":"${deniedBy}",`;
      this.#endText = `${layer}"revision":"${revisionText(revision)}"}\n`;
    }
    return this.#endText;
  }

  #put(line: string): void {
    if (this.#waiting > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#lines += line;
    if (this.#lines.length > TOGETHER) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WITHIN);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lost > 0)
      this.#log.warn({ decisions: this.#lost }, 'decisions were not logged: the log cannot be written as fast');
    this.#lost = 0;
    const { length } = this.#lines;
    if (length === 0) return;
    this.#waiting += length;
    this.#out.write(this.#lines, () => {
      this.#waiting -= length;
    });
    this.#lines = '';
  }
}

function isDrawn(share: number): boolean {
  return share === 1 || Math.random() < share;
}

/** What all lines of a request begin with. `share`: of how many decisions lines are written, where it is not all. */
function headOf({ now, caller, origin }: WatchedRequest, share: number): string {
  const time = new Date(now).toISOString();
  return `{"time":"${time}","requestId":${JSON.stringify(origin.requestId)},"caller":${JSON.stringify(nameOf(caller))},${share === 1 ? '' : `"share":${share},`}`;
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'principal') return principalIdOf(caller.ref);
  return caller.kind === 'checker' ? `checker ${caller.checker.id}` : caller.kind;
}

function textOfSubject({ principal, assumedRole }: Subject): string {
  const role = assumedRole === null ? '' : `"assumedRole":${JSON.stringify(assumedRole)},`;
  return `"principal":${JSON.stringify(principalIdOf(principal))},${role}`;
}
