import {
  byAcknowledgement,
  endedFinding,
  knownFinding,
  type ListedFinding,
} from '../../guard/acknowledged-findings.ts';
import { acknowledgeFinding } from '../../session/acknowledge-finding.ts';
import { aCall } from '../../session/call.ts';
import { builder } from '../builder.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { inTurn } from '../in-turn.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { Finding } from '../questions/findings.ts';

const AcknowledgeFindingInput = builder.inputType('AcknowledgeFindingInput', {
  description: 'Which finding is set apart, why, and for how long',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', required: true, description: 'Its account: `Finding.accountId`' }),
    findingId: t.id({ required: true, description: 'Its id: `Finding.id`' }),
    reason: t.string({ required: true, description: 'Why nothing needs to be done, 1 to 1,000 characters' }),
    until: t.field({
      type: 'DateTime',
      description:
        'When it is listed again. Left out: never. A time that has passed ends what was acknowledged before: the operator ends that of a finding ' +
        'that is gone, too',
    }),
  }),
});

const AcknowledgeFindingSuccess = builder
  .objectRef<{ readonly listed: ListedFinding | null }>('AcknowledgeFindingSuccess')
  .implement({
    description: 'The finding is set apart, or listed again',
    fields: (t) => ({
      finding: t.field({
        type: Finding,
        nullable: true,
        description: 'The finding; null: it is gone, and what was acknowledged of it was ended',
        resolve: ({ listed }) => listed,
      }),
    }),
  });

builder.mutationField('acknowledgeFinding', (t) =>
  t.field({
    type: AcknowledgeFindingSuccess,
    nullable: true,
    description:
      'Sets a finding apart: `findings` lists it no more until the given time, or until the document that it is about changes. For the operator, and ' +
      'for whoever may know of the finding and is allowed access-analyzer:UpdateFindings on the analyzer `rolegate` of the account ' +
      `(\`arn:aws:access-analyzer:us-east-1:111111111111:analyzer/rolegate\`). A gateway extension. ${NULL_RESULT}`,
    args: { input: t.arg({ type: AcknowledgeFindingInput, required: true, description: 'The finding' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'AcknowledgeFindingResult', description: 'The finding, or why it was not set apart' },
    },
    resolve: (_root, { input: { accountId, findingId, reason, until } }, context) =>
      expectingFailures(async () => {
        const { directory, caller, now, origin } = context;
        const ends = until != null && until.getTime() <= now;
        const find = ends ? endedFinding : knownFinding;
        const finding = await inTurn(context, () => find(context, accountId, findingId));
        const target = finding?.arn ?? findingId;
        const given = { accountId, findingId, target, reason, until: until?.getTime() ?? null };
        await acknowledgeFinding({ directory }, aCall(caller, now, origin), given);
        if (finding === null) return { listed: null };
        const [listed] = await byAcknowledgement(context, [finding], true);
        return { listed: listed ?? { finding, acknowledgement: null } };
      }),
  }),
);
