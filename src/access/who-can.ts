import { RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { type DecideTools, decideEach } from './decide.ts';
import type { Answer, Question } from './question.ts';
import { onOneRevision, pagesOf } from './scan.ts';

/** A question that leaves open who is asked about. */
export type OpenQuestion = Omit<Question, 'subject'>;

/** A part of the principals for which the answer is ALLOWED, users before roles, each in the order of their ARNs. */
export interface WhoCan {
  /** How many there are in all. */
  readonly total: number;
  /** The decisions of those asked for: at most `limit`, from `offset` on. */
  readonly answers: readonly Answer[];
}

/**
 * Every user and role of the directory that may do what is asked, all decided on one revision. The whole directory is
 * looked at, page by page: memory holds one page, and the names of those found. A role stands for a session of it whose
 * name is not known.
 */
export async function whoCan(
  tools: DecideTools,
  question: OpenQuestion,
  page: { readonly offset: number; readonly limit: number },
  now: number,
): Promise<WhoCan> {
  const about = (principal: PrincipalRef): Question => ({
    ...question,
    subject: { principal, assumedRole: null, session: null },
  });
  return onOneRevision(async (check) => {
    let total = 0;
    const answers: Answer[] = [];
    for (const kind of ['userArns', 'roleArns'] as const) {
      for await (const arns of pagesOf(tools.directory, kind)) {
        for (const answer of await decideEach(
          tools,
          arns.map((arn) => about(refOf(arn))),
          now,
        )) {
          if (answer instanceof RolegateError) {
            // Deleted since its name was read: the next look at the revision says so.
            if (answer.code === 'NOT_FOUND') continue;
            throw answer;
          }
          check(answer.revision);
          if (!answer.decision.allowed) continue;
          if (total >= page.offset && answers.length < page.limit) answers.push(answer);
          total += 1;
        }
      }
    }
    return { total, answers };
  });
}

function refOf(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a principal whose ARN is none: ${arn}`);
  return ref;
}
