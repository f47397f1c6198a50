import type { Answer, Question, Subject } from '../access/question.ts';
import { revisionText } from '../directory/revision-text.ts';
import type { WatchedRequest } from '../guard/watch.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import type { Caller } from '../session/caller.ts';
import type { LineStart } from './line-blocks.ts';

type Decision = Answer['decision'];

const NOTHING = Buffer.alloc(0);
/** What JSON escapes, and what is not of ASCII. */
const NOT_PLAIN = /[^ !#-[\]-~]/;

/** The lines of the log of decisions, piece by piece. What a line has in common with the one before is made once. */
export class DecisionText {
  #head = '';
  #asked: LineStart | null = null;
  #subject: Subject | null = null;
  #subjectText = '';
  #context: Question['context'] | null = null;
  #contextText = '';
  #action = '';
  #actionText = '';
  #revision: Answer['revision'] | null = null;
  #effect: Decision['effect'] | null = null;
  #deniedBy: Decision['deniedBy'] = null;
  #end: Buffer = NOTHING;
  readonly #ends = new Map<Decision['effect'], Map<Decision['deniedBy'], Buffer>>();

  /** What all lines of a request begin with. `share`: of how many decisions lines are written, where it is not all. */
  begin({ now, caller, origin }: WatchedRequest, share: number): void {
    const shared = share === 1 ? '' : `"share":${share},`;
    const id = JSON.stringify(origin.requestId);
    this.#head = `{"time":"${new Date(now).toISOString()}","requestId":${id},"caller":${JSON.stringify(nameOf(caller))},${shared}`;
    this.#asked = null;
  }

  /** A line until the characters of its resource. */
  asked({ subject, action, context }: Question): LineStart {
    if (this.#asked !== null && subject === this.#subject && context === this.#context && action === this.#action)
      return this.#asked;
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#subjectText = textOfSubject(subject);
    }
    if (context !== this.#context) {
      this.#context = context;
      this.#contextText = textOfContext(context);
    }
    if (action !== this.#action) {
      this.#action = action;
      this.#actionText = `"action":${quoted(action)},`;
    }
    const text = `${this.#head}${this.#subjectText}${this.#contextText}${this.#actionText}"resource":"`;
    this.#asked = { text };
    return this.#asked;
  }

  /** A line from the end of its resource on. */
  ended({ decision, revision }: Answer): Buffer {
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#ends.clear();
      this.#effect = null;
    }
    const { effect, deniedBy } = decision;
    if (effect === this.#effect && deniedBy === this.#deniedBy) return this.#end;
    this.#effect = effect;
    this.#deniedBy = deniedBy;
    this.#end = this.#endOf(decision, revision);
    return this.#end;
  }

  #endOf({ effect, deniedBy }: Decision, revision: Answer['revision']): Buffer {
    const known = this.#ends.get(effect)?.get(deniedBy);
    if (known !== undefined) return known;
    const layer = deniedBy === null ? '' : `"deniedBy":"${deniedBy}",`;
    const end = Buffer.from(`","effect":"${effect}",${layer}"revision":"${revisionText(revision)}"}\n`);
    const ends = this.#ends.get(effect) ?? new Map<Decision['deniedBy'], Buffer>();
    this.#ends.set(effect, ends.set(deniedBy, end));
    return end;
  }
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'principal') return principalIdOf(caller.ref);
  return caller.kind === 'checker' ? `checker ${caller.checker.id}` : caller.kind;
}

function textOfSubject({ principal, assumedRole }: Subject): string {
  const role = assumedRole === null ? '' : `"assumedRole":${quoted(assumedRole)},`;
  return `"principal":${quoted(principalIdOf(principal))},${role}`;
}

/** The names of its keys alone. */
function textOfContext(context: Question['context']): string {
  let text = '';
  for (const key of context.keys()) text += `${text === '' ? '' : ','}${quoted(key)}:"***"`;
  return text === '' ? '' : `"context":{${text}},`;
}

/** As JSON has it. */
function quoted(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}
