import type { Answer, Question } from '../access/question.ts';
import type { Watch, WatchedRequest } from '../guard/watch.ts';
import { RolegateError } from '../policy/errors.ts';
import { DecisionText } from './decision-text.ts';
import { LineBlocks } from './line-blocks.ts';
import { LineWriter, openFile, openStdout, type Written } from './line-writer.ts';
import type { Log } from './log.ts';

/** Where decisions are written, and how many of them. */
export interface DecisionLogSettings {
  /** A path, or `stdout`; null: nowhere. */
  readonly place: string | null;
  /** From 0 to 1; null: all, but of a large batch a tenth. */
  readonly share: number | null;
}

/** Decisions of a large batch, and the share of them that is logged where nothing is set. */
const LARGE = 100;
const OF_LARGE = 0.1;
/** Milliseconds between two lines about decisions that were not logged. */
const TOLD_EVERY = 1_000;
const ALLOWED = Buffer.from('","effect":"ALLOWED"}\n');
const DENIED = Buffer.from('","effect":"DENIED"}\n');
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
  readonly #blocks: LineBlocks;
  readonly #share: number | null;
  readonly #log: Log;
  readonly #text = new DecisionText();
  #lost = 0;
  #isFailing = false;
  #telling: NodeJS.Timeout | null = null;

  constructor(out: LineWriter, share: number | null, log: Log) {
    this.#out = out;
    this.#blocks = new LineBlocks(out, (written) => this.#written(written));
    this.#share = share;
    this.#log = log;
  }

  answered(request: WatchedRequest, questions: readonly Question[], answers: readonly (Answer | Error)[]): void {
    const share = this.#shareOf(answers.length);
    const text = this.#text;
    text.begin(request, share);
    let lost = 0;
    for (let index = untilDrawn(share); index < answers.length; index += 1 + untilDrawn(share)) {
      const answer = answers[index];
      const question = questions[index];
      if (question === undefined || answer === undefined || answer instanceof Error) continue;
      if (!this.#blocks.put(text.asked(question), question.resource, text.ended(answer))) lost += 1;
    }
    if (lost > 0) this.#lose(lost);
  }

  answeredAmong(
    request: WatchedRequest,
    question: Question,
    resources: readonly string[],
    allowed: readonly boolean[],
  ): void {
    const share = this.#shareOf(allowed.length);
    this.#text.begin(request, share);
    const asked = this.#text.asked(question);
    let lost = 0;
    for (let index = untilDrawn(share); index < allowed.length; index += 1 + untilDrawn(share))
      if (!this.#blocks.put(asked, resources[index] ?? '', allowed[index] === true ? ALLOWED : DENIED)) lost += 1;
    if (lost > 0) this.#lose(lost);
  }

  performed(): void {
    // What is changed is in the audit trail.
  }

  /** Writes what is kept. */
  async stop(): Promise<void> {
    this.#blocks.flush();
    await this.#out.stop(AT_END);
    this.#tell();
  }

  /** Lines of large batches fill disks: those of 10,000 decisions are 3 MB. */
  #shareOf(count: number): number {
    return this.#share ?? (count > LARGE ? OF_LARGE : 1);
  }

  #written({ lost, error }: Written): void {
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
