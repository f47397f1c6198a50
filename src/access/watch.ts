import type { Revision, Watch } from '../directory/directory.ts';
import { type DecideTools, gatherFor } from './decide.ts';
import { isAboutPattern } from './pattern-questions.ts';
import type { Question } from './question.ts';

/** What can change the answer to a question. */
export interface Watched {
  /** The answers of this revision are watched. */
  readonly revision: Revision;
  /** Null: each change may. */
  readonly watch: Watch | null;
}

/**
 * For each question, which changes can touch its answer: those of what it was decided from. Questions about patterns look at what no
 * list names beforehand. Call it after they were decided, when all of it is in memory; `since`: the revision of their answers.
 */
export async function watchEach(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  since: Revision,
): Promise<readonly Watched[]> {
  const watched: Watched[] = [];
  for (const question of questions) {
    if (isAboutPattern(question, tools.catalog)) {
      watched.push({ revision: since, watch: null });
      continue;
    }
    const gathered = await gatherFor(tools, [question], now, since);
    watched.push({ revision: gathered.revision, watch: gathered.watch?.() ?? null });
    await tools.work?.turn();
  }
  return watched;
}
