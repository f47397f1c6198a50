import type { ControlFragment } from '../../generated/console/questions.ts';
import { DocumentView } from './document.tsx';

/** Control policies at one place; null: the caller may not read which there are. */
export function ControlPolicies({ policies }: { readonly policies: readonly ControlFragment[] | null }) {
  if (policies === null) return <p class="muted tree-policies">You may not read its control policies.</p>;
  return (
    <div class="tree-policies">
      {policies.map(({ policyId, name, type, document }) => (
        <details key={policyId} class="control">
          <summary>
            <bdi>{name}</bdi>{' '}
            <small>{type === 'SERVICE_CONTROL_POLICY' ? 'service control' : 'resource control'}</small>
          </summary>
          {document === null ? <p class="muted">You may not read it.</p> : <DocumentView document={document} />}
        </details>
      ))}
    </div>
  );
}
