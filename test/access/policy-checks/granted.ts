import type { CheckedRequest } from '../../../src/access/policy-checks/request.ts';
import { simulationOf } from '../../../src/access/policy-checks/scenario.ts';
import { simulationSteps } from '../../../src/access/simulate.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { RolegateError } from '../../../src/policy/errors.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { finished } from '../../../src/policy/steps.ts';

/** When requests are made. */
export const NOW = Date.UTC(2026, 10, 27);

/** Whether the document grants the request, as `simulateCustomPolicies` says; null: the request is refused. */
export function isGranted(
  catalog: Catalog,
  kind: PolicyKind,
  document: string,
  request: CheckedRequest,
): boolean | null {
  const [answer] = finished(simulationSteps(catalog, simulationOf(kind, document, request), NOW));
  return answer === undefined || answer instanceof RolegateError ? null : answer.decision.allowed;
}
