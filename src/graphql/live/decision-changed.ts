import { type DecisionFlip, type DecisionFlips, decisionFlips } from '../../guard/live/decision-flips.ts';
import { sharedSubjects } from '../../guard/shared-subjects.ts';
import { builder } from '../builder.ts';
import { Decision } from '../questions/decision.ts';
import { AccessRequestInput, toListed, toSubject } from '../questions/question-input.ts';
import { liveOf } from './live.ts';

const DecisionChange = builder.objectRef<DecisionFlip>('DecisionChange').implement({
  description: 'A request that is allowed now and was not, or was and is not',
  fields: (t) => ({
    index: t.int({ description: 'Its place in `requests`, from 0', resolve: ({ index }) => index }),
    before: t.field({
      type: Decision,
      nullable: true,
      description:
        'The decision before; null, with an error, where there was none: its principal or role was not there',
      resolve: ({ before }) => orThrow(before),
    }),
    after: t.field({
      type: Decision,
      nullable: true,
      description: 'The decision now, as `decision` answers; null, with an error, where there is none any more',
      resolve: ({ after }) => orThrow(after),
    }),
  }),
});

function orThrow<T>(answer: T | Error): T {
  if (answer instanceof Error) throw answer;
  return answer;
}

const DecisionsChanged = builder.objectRef<DecisionFlips>('DecisionsChanged').implement({
  description: 'Decisions that changes of the directory have turned',
  fields: (t) => ({
    revision: t.field({
      type: 'Revision',
      description: 'The revision on which they were decided',
      resolve: ({ revision }) => revision,
    }),
    changes: t.field({ type: [DecisionChange], description: 'The decisions', resolve: ({ flips }) => [...flips] }),
  }),
});

builder.subscriptionField('decisionChanged', (t) =>
  t.field({
    type: DecisionsChanged,
    nullable: true,
    description:
      'Tells when a change of the directory turns one of these decisions. Only those that the change can touch are decided again, ' +
      'which counts against the budget of the caller. All are decided when the answer begins: ask `decisions` after that for the ' +
      'state to begin with. Turns that follow each other quickly are told as one. It ends with an error when the caller may no ' +
      'longer ask, or its credentials end',
    args: {
      requests: t.arg({
        type: [AccessRequestInput],
        required: true,
        description: 'The requests to watch, at most 1,000 in all subscriptions of a caller',
      }),
    },
    subscribe: (_root, { requests }, context) => {
      const shared = sharedSubjects();
      const questions = requests.map((request, index) =>
        toListed(shared(toSubject(request, () => `requests[${index}].session`)), request, REQUESTS, index),
      );
      return decisionFlips(liveOf(context), questions);
    },
    resolve: (event) => event,
  }),
);

const REQUESTS = { name: 'requests' };
