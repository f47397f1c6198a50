import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { AskDocument } from '../../generated/console/questions.ts';
import { askedLast } from '../asked.ts';
import { principalAddress, resourceAddress } from '../links.ts';
import { nameOf } from '../names.ts';
import { Copies } from '../parts/copies.tsx';
import { Flow } from '../parts/flow.tsx';
import { Honesty } from '../parts/honesty.tsx';
import { Layers } from '../parts/layers.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { QuestionForm } from '../parts/question-form.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { comparedAddress } from '../questions/compared.ts';
import { addressOf, isSecretKey, type Question, questionIn, requestOf } from '../questions/question.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { becauseOf, type Decision, whatOf, whoOf } from '../sentence.ts';
import { meaningOf } from '../words.ts';

/** May X do Y on Z, and why. */
export function Ask() {
  const { query, url, route } = useLocation();
  const inAddress = useMemo(() => questionIn(query), [url]);
  // What no address may hold lives as long as the page.
  const [secrets, setSecrets] = useState<Question['context']>({});
  const question = inAddress === null ? null : { ...inAddress, context: { ...inAddress.context, ...secrets } };
  const { data, failure, loading, again } = useAnswer(
    AskDocument,
    question === null ? null : { request: requestOf(question) },
  );
  const decision = data?.decision ?? null;
  useEffect(() => {
    if (decision !== null && inAddress !== null) {
      askedLast.add({ address: addressOf(inAddress), sentence: headlineOf(decision), effect: decision.effect });
    }
  }, [decision]);
  const submit = (asked: Question): void => {
    setSecrets(Object.fromEntries(Object.entries(asked.context).filter(([key]) => isSecretKey(key))));
    const address = addressOf(asked);
    if (address === url) again();
    else route(address);
  };
  return (
    <Page
      title={decision === null ? 'Ask' : headlineOf(decision)}
      heading={decision === null ? 'May somebody do something?' : <Headline decision={decision} />}
    >
      {decision === null ? (
        <p class="lead">Ask, and see the answer of every layer of policies, and the statements that decided.</p>
      ) : (
        <p class="lead" role="status">
          {becauseOf(decision)}
        </p>
      )}
      {decision !== null && <Decided decision={decision} />}
      <div class="ask">
        <QuestionForm key={url} question={question} query={query} submit={submit} />
        <div class="ask-answer">
          {loading && <Skeleton lines={6} />}
          {failure !== null && <FailureNotice failure={failure} again={again} />}
          {decision !== null && question !== null && <Answer decision={decision} question={question} submit={submit} />}
          {question === null && <Nothing />}
        </div>
      </div>
    </Page>
  );
}

/** The way of the request through the layers, and where to go on from there. */
function Decided({ decision }: { readonly decision: Decision }) {
  return (
    <Section title="How it was decided" aside={<Verdict meaning={meaningOf(decision.effect)} />}>
      <Flow decision={decision} />
      <p class="own-words">{decision.reason}</p>
      <p class="actions">
        <a href={`${resourceAddress(decision.resource)}?action=${encodeURIComponent(decision.action)}`}>Who else can</a>
        <a href={principalAddress(decision.principal.principalId)}>
          What else <bdi>{nameOf(decision.principal)}</bdi> may do
        </a>
        <a
          href={comparedAddress({
            principal: decision.principal.principalId,
            role: decision.assumedRole?.arn ?? '',
          })}
        >
          Compare with…
        </a>
      </p>
    </Section>
  );
}

function Answer({
  decision,
  question,
  submit,
}: {
  readonly decision: Decision;
  readonly question: Question;
  readonly submit: (question: Question) => void;
}) {
  return (
    <>
      <Honesty decision={decision} question={question} submit={submit} />
      <Section title="Layer by layer">
        <Layers decision={decision} />
      </Section>
      <Copies question={question} />
    </>
  );
}

function headlineOf(decision: Decision): string {
  const may = decision.effect === 'ALLOWED' ? 'may' : 'may not';
  return `${whoOf(decision)} ${may} ${decision.action} on ${whatOf(decision)}`;
}

function Headline({ decision }: { readonly decision: Decision }) {
  return (
    <>
      <bdi>{whoOf(decision)}</bdi>{' '}
      <span class={`is-${meaningOf(decision.effect)} ink`}>{decision.effect === 'ALLOWED' ? 'may' : 'may not'}</span>{' '}
      <bdi>{decision.action}</bdi> on <bdi title={decision.resource}>{whatOf(decision)}</bdi>.
    </>
  );
}

function Nothing() {
  return (
    <div class="empty">
      <h2>What you will see</h2>
      <p>
        The request goes through the layers of policies, one after the other. One that denies ends its way. In the end,
        a policy of who asks, or of what is asked for, has to allow it.
      </p>
    </div>
  );
}
