import { ask, askAll } from '../../guard/ask.ts';
import { builder } from '../builder.ts';
import { Decision } from './decision.ts';
import {
  ACTION_DESCRIPTION,
  AccessRequestInput,
  ASSUME_KEYS_DESCRIPTION,
  ASSUMED_ROLE_DESCRIPTION,
  CheckInput,
  CONTEXT_DESCRIPTION,
  checkBatchSize,
  HypotheticalSessionInput,
  SESSION_DESCRIPTION,
  sharedSubjects,
  toQuestion,
  toSubject,
} from './question-input.ts';

const BATCH = 'Up to 10,000; the answers keep the order and are all decided on one revision';

builder.queryField('decision', (t) =>
  t.field({
    type: Decision,
    description:
      'May this principal do this? Fails with NOT_FOUND for a principal or role that is not there, BAD_USER_INPUT for an ' +
      'action that is none, FORBIDDEN where the caller may not ask',
    args: { request: t.arg({ type: AccessRequestInput, required: true, description: 'The request to decide' }) },
    resolve: (_root, { request }, context) =>
      ask(context, toQuestion(toSubject(request, 'request.session'), request, 'request')),
  }),
);

builder.queryField('decisions', (t) =>
  t.field({
    type: [Decision],
    description: `Any mix of principals, actions and resources. ${BATCH}. One request that cannot be answered fails the field, with its place named`,
    args: {
      requests: t.arg({
        type: [AccessRequestInput],
        required: true,
        description: 'The requests to decide, at most 10,000',
      }),
    },
    resolve: (_root, { requests }, context) => {
      checkBatchSize(requests.length, 'requests');
      const shared = sharedSubjects();
      const questions = requests.map((request, index) => {
        const path = `requests[${index}]`;
        return toQuestion(shared(toSubject(request, `${path}.session`)), request, path);
      });
      return askAll(context, questions);
    },
  }),
);

builder.queryField('decisionsFor', (t) =>
  t.field({
    type: [Decision],
    description: `The fast road of an enforcement point: many checks of one principal, in one role and context. ${BATCH}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'Who is asked about' }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      checks: t.arg({ type: [CheckInput], required: true, description: 'What to decide, at most 10,000' }),
    },
    resolve: (_root, { checks, context: requestContext, assumeContextKeys, ...subjectInput }, context) => {
      checkBatchSize(checks.length, 'checks');
      const subject = toSubject(subjectInput, 'session');
      const questions = checks.map((check, index) => ({
        ...toQuestion(subject, { ...check, context: requestContext, assumeContextKeys }, `checks[${index}]`),
        fields: SUBJECT_ARGUMENTS,
      }));
      return askAll(context, questions);
    },
  }),
);

builder.queryField('allowedResources', (t) =>
  t.field({
    type: ['Arn'],
    description: `Those of \`resources\` on which the principal may do the action. ${BATCH}`,
    args: {
      principal: t.arg({ type: 'PrincipalId', required: true, description: 'Who is asked about' }),
      assumedRole: t.arg({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
      session: t.arg({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
      context: t.arg({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
      assumeContextKeys: t.arg.boolean({ defaultValue: true, description: ASSUME_KEYS_DESCRIPTION }),
      action: t.arg.string({ required: true, description: ACTION_DESCRIPTION }),
      resources: t.arg({ type: ['Arn'], required: true, description: 'ARNs to choose from, at most 10,000' }),
    },
    resolve: async (
      _root,
      { action, resources, context: requestContext, assumeContextKeys, ...subjectInput },
      context,
    ) => {
      checkBatchSize(resources.length, 'resources');
      const subject = toSubject(subjectInput, 'session');
      const questions = resources.map((resource, index) => ({
        ...toQuestion(subject, { action, resource, context: requestContext, assumeContextKeys }, ''),
        fields: { ...SUBJECT_ARGUMENTS, resource: `resources[${index}]` },
      }));
      const answers = await askAll(context, questions);
      return resources.filter((_resource, index) => answers[index]?.decision.allowed === true);
    },
  }),
);

/** Where the subject of a check stands: beside the list, not in its entries. */
const SUBJECT_ARGUMENTS = {
  principal: 'principal',
  assumedRole: 'assumedRole',
  session: 'session',
  context: 'context',
};
