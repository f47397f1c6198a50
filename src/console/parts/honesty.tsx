import { useState } from 'preact/hooks';
import { type Question, typedValue, valueText } from '../questions/question.ts';
import type { Decision } from '../sentence.ts';
import { wordsOf } from '../words.ts';
import { Section } from './page.tsx';
import { Verdict } from './verdict.tsx';

/** What was not known, what was assumed and what was kept back: in words, with what would fill it. */
export function Honesty({
  decision,
  question,
  submit,
}: {
  readonly decision: Decision;
  readonly question: Question;
  readonly submit: (question: Question) => void;
}) {
  const { missingContextKeys: missing, assumedContextKeys: assumed, gaps, withheld, coverage, requires } = decision;
  const nothing = [missing, assumed, gaps, withheld, requires].every(({ length }) => length === 0);
  if (nothing && coverage === null) return null;
  return (
    <Section
      title="What the answer rests on"
      aside={
        <Verdict
          meaning="unknown"
          word={
            nothing || missing.length + assumed.length + gaps.length === 0 ? 'Not all is shown' : 'Could be another'
          }
        />
      }
    >
      {coverage !== null && <p>{COVERAGE[coverage]}</p>}
      {requires.length > 0 && <p>The answer could be another one with: {requires.join(', ')}.</p>}
      {(missing.length > 0 || assumed.length > 0) && (
        <Keys missing={missing} assumed={assumed} question={question} submit={submit} />
      )}
      {gaps.length > 0 && (
        <>
          <p>Not in the directory, and left out:</p>
          <ul class="plain">
            {gaps.map((gap) => (
              <li key={gap}>
                <bdi>{gap}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      {withheld.length > 0 && (
        <p>
          You may not read all policies that took part. Not shown are parts of:{' '}
          {withheld.map((layer) => wordsOf(layer).short).join(', ')}.
        </p>
      )}
    </Section>
  );
}

const COVERAGE = {
  ALL: 'The resource is a pattern: everything that it names is allowed.',
  SOME: 'The resource is a pattern: a part of what it names is allowed, another part is not.',
  NONE: 'The resource is a pattern: nothing that it names is allowed.',
} as const;

function Keys({
  missing,
  assumed,
  question,
  submit,
}: {
  readonly missing: readonly string[];
  readonly assumed: readonly string[];
  readonly question: Question;
  readonly submit: (question: Question) => void;
}) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const again = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = Object.entries(values).filter(([, text]) => text !== '');
    submit({
      ...question,
      context: { ...question.context, ...Object.fromEntries(given.map(([key, text]) => [key, typedValue(text)])) },
    });
  };
  const field = (key: string, note: string) => (
    <label key={key} class="field">
      <span>
        <code>{key}</code> <small>{note}</small>
      </span>
      <input
        class="mono"
        value={values[key] ?? valueText(question.context[key] ?? '')}
        onInput={(event) => setValues({ ...values, [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <form class="card keys" onSubmit={again} aria-label="Condition keys that could change the answer">
      <p>With values for these keys the answer could be another one.</p>
      <div class="keys-fields">
        {missing.map((key) => field(key, 'not given'))}
        {assumed.map((key) => field(key, 'assumed'))}
      </div>
      <button type="submit" class="button">
        Ask again
      </button>
    </form>
  );
}
