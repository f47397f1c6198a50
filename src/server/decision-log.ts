import type { Answer, Question, Subject } from '../access/question.ts';
import { revisionText } from '../directory/revision-text.ts';
import type { Watch, WatchedRequest } from '../guard/watch.ts';
import { RolegateError } from '../policy/errors.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import { LineWriter, openFile, openStdout } from './line-writer.ts';
import type { Log } from './log.ts';

/** Where decisions are written, and how many of them. */
export interface DecisionLogSettings {
  /** A path, or `stdout`; null: nowhere. */
  readonly place: string | null;
  /** From 0 to 1; null: all, but of a large batch a tenth. */
  readonly share: number | null;
}

/** Characters that are kept for one write: few enough that V8 has room for them at hand. */
const TOGETHER = 65_536;
/** Characters that may wait to be written. What comes then is not logged: decisions do not wait for a disk. */
const MOST_WAITING = 33_554_432;
/** Decisions of a large batch, and the share of them that is logged where nothing is set. */
const LARGE = 100;
const OF_LARGE = 0.1;
/** Milliseconds for which a line is kept until it is written. */
const WITHIN = 200;
/** Milliseconds between two lines about decisions that were not logged. */
const TOLD_EVERY = 1_000;
/** Milliseconds that the end waits for whoever reads the log. */
const AT_END = 2_000;

/** Opens it; null: there is none. Throws RolegateError. */
export async function openDecisionLog({ place, share }: DecisionLogSettings, log: Log): Promise<DecisionLog | null> {
  if (place === null || share === 0) return null;
  if (place === 'stdout') return new DecisionLog(new LineWriter(openStdout), share, log);
  try {
    // Refused here, and not at the first decision. Only its owner reads it: it says who may do what.
    await (await openFile(place)).close();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RolegateError(
      'BAD_CONFIGURATION',
      `the log of decisions ${place} cannot be written (${code}): choose another ROLEGATE_DECISION_LOG`,
      { cause: error },
    );
  }
  return new DecisionLog(new LineWriter(() => openFile(place)), share, log);
}

/**
 * A line of JSON for each decision that a caller was answered: when, for whom, of whom, on what, and what it was. Of condition keys the
 * names alone: their values are addresses, tags and tokens. A batch has most of its lines in common, which is written once.
 */
export class DecisionLog implements Watch {
  readonly #out: LineWriter;
  readonly #share: number | null;
  readonly #log: Log;
  #lines = '';
  #waiting = 0;
  #lost = 0;
  #isFailing = false;
  #timer: NodeJS.Timeout | null = null;
  #telling: NodeJS.Timeout | null = null;
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

  constructor(out: LineWriter, share: number | null, log: Log) {
    this.#out = out;
    this.#share = share;
    this.#log = log;
  }

  answered(context: WatchedRequest, questions: readonly Question[], answers: readonly (Answer | Error)[]): void {
    const share = this.#shareOf(answers.length);
    const head = headOf(context, share);
    for (let index = untilDrawn(share); index < answers.length; index += 1 + untilDrawn(share)) {
      const answer = answers[index];
      const question = questions[index];
      if (question === undefined || answer === undefined || answer instanceof Error) continue;
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
    for (let index = untilDrawn(share); index < allowed.length; index += 1 + untilDrawn(share))
      this.#put(
        `${head}${JSON.stringify(resources[index])},"effect":"${allowed[index] === true ? 'ALLOWED' : 'DENIED'}"}\n`,
      );
  }

  performed(): void {
    // What is changed is in the audit trail.
  }

  /** Writes what is kept. */
  async stop(): Promise<void> {
    this.#flush();
    await this.#out.stop(AT_END);
    this.#tell();
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
      this.#lose(1);
      return;
    }
    this.#lines += line;
    if (this.#lines.length > TOGETHER) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WITHIN);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#lines;
    this.#lines = '';
    if (lines !== '') void this.#write(lines);
  }

  async #write(lines: string): Promise<void> {
    this.#waiting += lines.length;
    const { lost, error } = await this.#out.write(lines);
    this.#waiting -= lines.length;
    if (lost > 0) this.#lose(lost);
    // A disk that is full is one fault, however many lines it costs.
    if (error !== null && !this.#isFailing) this.#log.error({ err: error }, 'the log of decisions cannot be written');
    if (error === null && this.#isFailing) this.#log.warn('the log of decisions is written again');
    this.#isFailing = error !== null;
  }

  #lose(lines: number): void {
    this.#lost += lines;
    this.#telling ??= setTimeout(() => this.#tell(), TOLD_EVERY).unref();
  }

  #tell(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    if (this.#lost > 0)
      this.#log.warn(
        { decisions: this.#lost },
        'decisions were not logged: the log could not be written, or not as fast',
      );
    this.#lost = 0;
  }
}

/** How many decisions are passed over until the next one that is logged: as if for each one were drawn, at the cost of one draw for all. */
function untilDrawn(share: number): number {
  return share >= 1 ? 0 : Math.floor(Math.log1p(-Math.random()) / Math.log1p(-share));
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
