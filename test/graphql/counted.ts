import type { ExecutionResult } from 'graphql';
import { gatewayOn, OPERATOR, type Operation } from './gateway.ts';
import type { TestServices } from './services.ts';

/** Asks once, and counts every statement that signing in (unless as the operator) and asking send. */
export function createGatewayWithCount(services: TestServices, keyId?: string) {
  const gateway = gatewayOn(services);
  return async ({ query, variables }: Operation): Promise<{ result: ExecutionResult; statements: number }> => {
    const before = services.statements.length;
    const caller = keyId === undefined ? OPERATOR : await services.signIn(keyId);
    const result = await gateway.ask(caller, query, variables);
    const sent = services.statements.slice(before);
    return { result, statements: sent.length };
  };
}
