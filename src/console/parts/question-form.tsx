import { useEffect, useState } from 'preact/hooks';
import {
  findActions,
  findConditionKeys,
  findPrincipals,
  findResources,
  findRoles,
  resourceForms,
} from '../questions/complete.ts';
import { contextIn, type Question, typedValue, valueText } from '../questions/question.ts';
import { myId } from '../questions/who.ts';
import { Combo } from './combo.tsx';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** The fields of a question, complete from the directory and the catalogue. */
export function QuestionForm({
  question,
  query,
  submit,
}: {
  /** Null: the address has only a part of one. */
  readonly question: Question | null;
  readonly query: Readonly<Record<string, string>>;
  readonly submit: (question: Question) => void;
}) {
  const [principal, setPrincipal] = useState(question?.principal ?? query['principal'] ?? myId.value ?? '');
  const [action, setAction] = useState(question?.action ?? query['action'] ?? '');
  const [resource, setResource] = useState(question?.resource ?? query['resource'] ?? '');
  const [role, setRole] = useState(question?.role ?? query['role'] ?? '');
  const [rows, setRows] = useState<readonly Row[]>(() =>
    rowsOf(question?.context ?? contextIn(query['context'] ?? '')),
  );
  const ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const texts = { principal, action, resource, role };
    const trimmed = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim()]));
    submit({ ...texts, ...trimmed, context: contextOf(rows) });
  };
  return (
    <form class="card form question" onSubmit={ask} aria-label="The question">
      <Combo
        label="May"
        value={principal}
        change={setPrincipal}
        search={findPrincipals}
        placeholder="arn:aws:iam::111111111111:user/alice"
        required
      />
      <Combo label="do" value={action} change={setAction} search={findActions} placeholder="s3:GetObject" required />
      <Combo
        label="on"
        value={resource}
        change={setResource}
        search={findResources}
        placeholder="arn:aws:s3:::bucket/key"
        required
      />
      <Forms action={action} resource={resource} choose={setResource} />
      <Combo label="in the role" value={role} change={setRole} search={findRoles} placeholder="as itself" />
      <Context rows={rows} change={setRows} />
      <button type="submit" class="button button-first">
        Ask
      </button>
    </form>
  );
}

function rowsOf(context: Question['context']): readonly Row[] {
  return Object.entries(context).map(([key, value]) => ({ key, value: valueText(value) }));
}

function contextOf(rows: readonly Row[]): Question['context'] {
  return Object.fromEntries(
    rows.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), typedValue(value)]),
  );
}

/** What the action is about, to begin with. */
function Forms({
  action,
  resource,
  choose,
}: {
  readonly action: string;
  readonly resource: string;
  readonly choose: (resource: string) => void;
}) {
  const [forms, setForms] = useState<readonly string[]>([]);
  useEffect(() => {
    let current = true;
    const isWhole = /^[\w-]+:\w+$/.test(action);
    const load = async (): Promise<void> => {
      const found = isWhole ? await resourceForms(action) : null;
      if (current) setForms(found ?? []);
    };
    const timer = setTimeout(() => void load(), 300);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [action]);
  if (forms.length === 0 || resource !== '') return null;
  return (
    <div class="forms">
      <small>This action is about</small>
      {forms.slice(0, 4).map((form) => (
        <button key={form} type="button" class="chip mono" onClick={() => choose(form)}>
          {form}
        </button>
      ))}
    </div>
  );
}

function Context({ rows, change }: { readonly rows: readonly Row[]; readonly change: (rows: readonly Row[]) => void }) {
  const set = (index: number, part: Partial<Row>): void =>
    change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset class="context">
      <legend>with condition keys</legend>
      {rows.map((row, index) => (
        <div key={index} class="context-row">
          <Combo
            label={`Key ${index + 1}`}
            value={row.key}
            change={(key) => set(index, { key })}
            search={findConditionKeys}
            placeholder="aws:SourceIp"
          />
          <label class="field">
            <span>Value</span>
            <input
              class="mono"
              value={row.value}
              onInput={(event) => set(index, { value: event.currentTarget.value })}
            />
          </label>
          <button
            type="button"
            class="copy"
            aria-label={`Remove key ${index + 1}`}
            onClick={() => change(rows.filter((_, at) => at !== index))}
          >
            ✕
          </button>
        </div>
      ))}
      <button type="button" class="chip" onClick={() => change([...rows, { key: '', value: '' }])}>
        + Add a key
      </button>
    </fieldset>
  );
}
