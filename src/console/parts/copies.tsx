import { useState } from 'preact/hooks';
import { asCli, asCurl, asGraphql } from '../questions/copies.ts';
import { addressOf, type Question } from '../questions/question.ts';
import { Code } from './code.tsx';
import { Copy } from './copy.tsx';
import { Section } from './page.tsx';

const FORMS = ['GraphQL', 'curl', 'AWS CLI', 'Link'] as const;
type Form = (typeof FORMS)[number];

function textOf(form: Form, question: Question): string {
  const { origin } = location;
  if (form === 'GraphQL') return asGraphql(question);
  if (form === 'curl') return asCurl(question, origin);
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
      <Code label={`The question as ${form}`}>{text}</Code>
    </Section>
  );
}
