import { NO_CONTEXT, type Subject } from '../../access/question.ts';
import { ask, askAmong } from '../../guard/ask.ts';
import { andThen } from '../../guard/maybe-promise.ts';
import { sharedSubjects } from '../../guard/shared-subjects.ts';
import { builder } from '../builder.ts';
import { eachAlone } from '../check-arguments.ts';
import { faultIn } from '../malformed.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { Decision } from './decision.ts';
import { answerEach, eachInTurns, eachOf, inTheirPlaces, withoutFaults } from './each-of.ts';
import { asksEffectAlone } from './effect-alone.ts';
import {
  ACTION_DESCRIPTION,
  AccessRequestInput,
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CheckInput,
  CONTEXT_DESCRIPTION,
  checkBatchSize,
  HypotheticalSessionInput,
  NULL_ITEM,
  SESSION_DESCRIPTION,
  toListed,
  toQuestion,
  toSubject,
} from './question-input.ts';

const BATCH = 'At most 10,000. The answers keep the order, and are all decided on one revision';

builder.queryField('decision', (t) =>
  t.field({
    type: Decision,
    nullable: true,
    description:
      `Whether a principal may do something. ${NULL_ANSWER}: NOT_FOUND for a principal or role that does not exist, ` +
      'BAD_USER_INPUT for an invalid action, FORBIDDEN if the caller may not ask',
    args: { request: t.arg({ type: AccessRequestInput, required: true, description: 'The request to decide' }) },
    resolve: (_root, { request }, context) =>
      ask(
        context,
        toQuestion(
          toSubject(request, () => 'request.session'),
          request,
          'request',
        ),
      ),
  }),
);

builder.queryField('decisions', (t) =>
  t.field({
    type: [Decision],
    nullable: { list: true, items: true },
    extensions: eachAlone('requests'),
    description: `Decides requests of any principals, actions and resources. ${BATCH}. ${NULL_ITEM}`,
    args: {
      requests: t.arg({
        type: [AccessRequestInput],
        required: true,
        description: 'The requests to decide, at most 10,000',
      }),
    },
    resolve: (_root, { requests }, context, info) => {
      checkBatchSize(requests.length, 'requests');
      const subjectOf = listedSubjects();
      const list = asksEffectAlone(info) ? REQUESTS_FOR_EFFECT : REQUESTS;
      const questions = eachInTurns(context, requests, 'requests', (request, index) =>
        toListed(subjectOf(request, index), request, list, index),
      );
      return inTheirPlaces(andThen(questions, (all) => answerEach(context, all, 'requests')));
    },
  }),
);

builder.queryField('decisionsFor', (t) =>
  t.field({
    type: [Decision],
    nullable: { list: true, items: true },
    extensions: eachAlone('checks'),
    description:
      'Decides many checks of one principal, in one role and context; the fastest way for an enforcement point. ' +
      `${BATCH}. ${NULL_ITEM}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'The principal to ask about' }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      checks: t.arg({ type: [CheckInput], required: true, description: 'What to decide, at most 10,000' }),
    },
    resolve: (_root, { checks, context: requestContext, assumeContextKeys, ...subjectInput }, context, info) => {
      checkBatchSize(checks.length, 'checks');
      const subject = toSubject(subjectInput, () => 'session');
      const list = {
        name: 'checks',
        fields: SUBJECT_ARGUMENTS,
        context: requestContext ?? NO_CONTEXT,
        assumeContextKeys: assumeContextKeys ?? true,
        effectAlone: asksEffectAlone(info),
      };
      const questions = eachInTurns(context, checks, 'checks', (check, index) => toListed(subject, check, list, index));
      return inTheirPlaces(andThen(questions, (all) => answerEach(context, all, 'checks')));
    },
  }),
);

builder.queryField('allowedResources', (t) =>
  t.field({
    type: ['Arn'],
    nullable: true,
    extensions: eachAlone('resources'),
    description:
      `The entries of \`resources\` on which the principal may do the action. ${BATCH}. ${NULL_ANSWER}. If entries cannot be ` +
      'asked about, `extensions.faults` of the error names the first 20, and `count` is their number. `decisionsFor` answers ' +
      'mixed lists',
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'The principal to ask about' }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resources: t.arg({ type: ['Arn'], required: true, description: 'ARNs to choose from, at most 10,000' }),
    },
    resolve: (_root, { action, resources, context: requestContext, assumeContextKeys, ...subjectInput }, context) => {
      checkBatchSize(resources.length, 'resources');
      const subject = toSubject(subjectInput, () => 'session');
      const on = (resource: string) =>
        toQuestion(subject, { action, resource, context: requestContext, assumeContextKeys }, '');
      const [first] = resources;
      if (first === undefined) return [];
      const isMalformed = faultIn(resources, () => 'resources') !== null;
      return andThen(isMalformed ? null : askAmong(context, on(first), resources), (allowed) => {
        if (allowed !== null) return resources.filter((_resource, index) => allowed[index] === true);
        // Something cannot be answered: the questions one by one say what, and where.
        const questions = eachOf(resources, 'resources', (resource, index) => ({
          ...on(resource),
          fields: { ...SUBJECT_ARGUMENTS, resource: `resources[${index}]` },
        }));
        return andThen(answerEach(context, questions, 'resources'), (all) => {
          const answers = withoutFaults(all, 'resources');
          return resources.filter((_resource, index) => answers[index]?.decision.allowed === true);
        });
      });
    },
  }),
);

const REQUESTS = { name: 'requests' };
const REQUESTS_FOR_EFFECT = { name: 'requests', effectAlone: true };
const NOWHERE = (): string => '';

type SubjectOf = Pick<typeof AccessRequestInput.$inferInput, 'principal' | 'assumedRole' | 'session'>;

/** The subjects of `requests`: entries that name the same one share it, most with the entry before. */
function listedSubjects(): (request: SubjectOf, index: number) => Subject {
  const shared = sharedSubjects();
  let last: Subject | null = null;
  return (request, index) => {
    if (request.session != null) return toSubject(request, () => `requests[${index}].session`);
    const isLast = last?.principal === request.principal && last.assumedRole === (request.assumedRole ?? null);
    if (last === null || !isLast) last = shared(toSubject(request, NOWHERE));
    return last;
  };
}

/** The subject of a check is given beside the list, not in its entries. */
const SUBJECT_ARGUMENTS = {
  principal: 'principal',
  assumedRole: 'assumedRole',
  session: 'session',
  context: 'context',
};
