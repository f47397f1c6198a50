import { useLocation } from 'preact-iso/router';
import type { ControlFragment } from '../../generated/console/questions.ts';
import { controlPolicy, isOfAws } from '../questions/drafts.ts';
import { DocumentView } from './document.tsx';
import { EditableDocument } from './editable.tsx';

/** Control policies at one place; null: the caller may not read which there are. */
export function ControlPolicies({
  policies,
  organizationId,
  saved,
}: {
  readonly policies: readonly ControlFragment[] | null;
  readonly organizationId: string;
  readonly saved: () => void;
}) {
  const { query } = useLocation();
  if (policies === null) return <p class="muted tree-policies">You may not read its control policies.</p>;
  return (
    <div class="tree-policies">
      {policies.map((policy) => (
        <details key={policy.policyId} class="control" open={policy.policyId === query['at']} data-at={policy.policyId}>
          <summary>
            <bdi>{policy.name}</bdi>{' '}
            <small>{policy.type === 'SERVICE_CONTROL_POLICY' ? 'service control' : 'resource control'}</small>
          </summary>
          {policy.document === null ? (
            <p class="muted">You may not read it.</p>
          ) : isOfAws(policy.arn) ? (
            <DocumentView document={policy.document} />
          ) : (
            <EditableDocument draft={controlPolicy(organizationId, policy)} document={policy.document} saved={saved} />
          )}
        </details>
      ))}
    </div>
  );
}
