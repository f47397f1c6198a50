import { FINDING_KINDS, type Finding, WEIGHTS } from '../finding-words.ts';
import { addressOfArn, resourceAddress } from '../links.ts';
import { list, shortName } from '../names.ts';
import { Acknowledging } from './acknowledging.tsx';
import { Arn } from './arn.tsx';
import { Code } from './code.tsx';
import { Verdict } from './verdict.tsx';

/** Actions that are named; the number of the others is said. */
const NAMED = 6;

function named(actions: readonly string[]): readonly string[] {
  if (actions.length <= NAMED) return actions;
  return [...actions.slice(0, NAMED), `${(actions.length - NAMED).toLocaleString('en')} more`];
}

/** One finding: how much it weighs, in a sentence, and what proves it. */
export function FindingView({
  finding,
  account,
  changed,
}: {
  readonly finding: Finding;
  readonly account: string;
  /** It was set apart, or is listed again. */
  readonly changed: () => void;
}) {
  const { kind, weight, arn, policyName, message, actions } = finding;
  const [meaning, word] = WEIGHTS[weight];
  return (
    <article class="card finding">
      <div class="finding-head">
        <Verdict meaning={meaning} word={word} />
        <strong>{FINDING_KINDS[kind]}</strong>
        <Arn arn={arn} account={account} href={addressOfArn(arn)} />
        {policyName !== null && (
          <span class="muted">
            inline policy <bdi>{policyName}</bdi>
          </span>
        )}
      </div>
      <p>
        <bdi>{message.charAt(0).toUpperCase() + message.slice(1)}</bdi>
      </p>
      {actions.length > 0 && !actions.every((action) => message.includes(action)) && (
        <p class="muted">{list(named(actions))}</p>
      )}
      <Proof finding={finding} />
      <Acknowledging finding={finding} changed={changed} />
    </article>
  );
}

/** The statements, a request, or the places that cannot be read. */
function Proof({ finding }: { readonly finding: Finding }) {
  const { statements, unreadable, witness, resource, actions, outsider } = finding;
  const [action] = actions;
  return (
    <>
      {unreadable.length > 0 && (
        <ul class="plain">
          {unreadable.map(({ message, path }) => (
            <li key={`${path} ${message}`}>
              <bdi>{message}</bdi> {path !== '' && <code>{path}</code>}
            </li>
          ))}
        </ul>
      )}
      {(statements.length > 0 || witness !== null) && (
        <details class="more">
          <summary>What proves it</summary>
          {outsider !== null && (
            <p>
              Let in{outsider.conditional ? ' under conditions' : ''}:{' '}
              <bdi>{outsider.value === '*' ? 'everybody' : outsider.value}</bdi>
            </p>
          )}
          {statements.map(({ policy, policyName, sid, index, statement }) => (
            <div key={`${policy} ${index}`} class="finding-statement">
              <p class="muted">
                <bdi>{policyName ?? shortName(policy)}</bdi>, statement {index + 1}
                {sid !== null && (
                  <>
                    , <bdi>{sid}</bdi>
                  </>
                )}
              </p>
              <Code label={`Statement ${index + 1} of ${policyName ?? shortName(policy)}`}>
                {JSON.stringify(statement, null, 2)}
              </Code>
            </div>
          ))}
          {witness !== null && (
            <p>
              A request that it grants: <code>{witness.action}</code> on{' '}
              <bdi title={witness.resource}>{witness.resource === '*' ? 'anything' : witness.resource}</bdi> by{' '}
              <bdi>{witness.principal}</bdi>
            </p>
          )}
        </details>
      )}
      {resource !== null && action !== undefined && (
        <p>
          <a href={`${resourceAddress(resource)}?action=${encodeURIComponent(action)}`}>Who can do it</a>
        </p>
      )}
    </>
  );
}
