import { useState } from 'preact/hooks';
import { asCli, asCommand, asCurl, asGraphql } from '../questions/copies.ts';
import { addressOf, type Question } from '../questions/question.ts';
import { Code } from './code.tsx';
import { Copy } from './copy.tsx';
import { Section } from './page.tsx';

const FORMS = ['GraphQL', 'curl', 'CLI', 'AWS CLI', 'Link'] as const;
type Form = (typeof FORMS)[number];

/** What a form needs, or leaves out. */
const ABOUT: Readonly<Partial<Record<Form, string>>> = {
  curl: 'For a POSIX shell. The variable ROLEGATE_TOKEN holds a token of whoever asks.',
  CLI: 'For a POSIX shell, where the gateway was started: it opens its data folder.',
  'AWS CLI':
    'For a POSIX shell, with an access key that may iam:SimulatePrincipalPolicy. As AWS’s simulator it leaves out the policy of the resource.',
};

function textOf(form: Form, question: Question): string {
  const { origin } = location;
  if (form === 'GraphQL') return asGraphql(question);
  if (form === 'curl') return asCurl(question, origin);
  if (form === 'CLI') return asCommand(question);
  return form === 'AWS CLI' ? asCli(question, origin) : `${origin}${addressOf(question)}`;
}

/** The question in other forms, to take along. */
export function Copies({ question }: { readonly question: Question }) {
  const [form, setForm] = useState<Form>('GraphQL');
  const text = textOf(form, question);
  return (
    <Section title="Take the question along" aside={<Copy text={text} label={`Copy as ${form}`} />}>
      <fieldset class="ways">
        <legend class="hidden">Form</legend>
        {FORMS.map((each) => (
          <label key={each} class="way">
            <input type="radio" name="form" checked={form === each} onChange={() => setForm(each)} />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
      {ABOUT[form] !== undefined && <p class="muted">{ABOUT[form]}</p>}
      <Code label={`The question as ${form}`}>{text}</Code>
    </Section>
  );
}
