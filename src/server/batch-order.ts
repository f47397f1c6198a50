import {
  type DefinitionNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { nextTurn, turnIsOver } from '../access/next-turn.ts';
import type { Work } from '../access/work.ts';
import type { GatewayContext } from '../graphql/context.ts';
import { hasLongList } from '../graphql/execution/coerce-variables.ts';
import { endOfWork, executeInTurns } from '../graphql/execution/execute-in-turns.ts';
import { executePlan } from '../graphql/execution/execute-plan.ts';
import { faultsOfMany } from '../graphql/execution/faults-of-many.ts';
import { tooManyValues } from '../graphql/execution/many-values.ts';
import { planQuery } from '../graphql/execution/plan.ts';
import { written } from './written-answers.ts';

/** By HTTP request: settled when its last mutation, and all that was asked before it, is done. */
const changing = new WeakMap<object, Promise<unknown>>();

/**
 * Executes one operation of a request. Operations of a batch that only ask are executed together; what follows a mutation waits
 * for it, and is refused if its caller's session, key, sign-in or checker has ended by then: what was left with one operation is not
 * gone on with in the next one.
 *
 * graphql-js in place of Yoga's own executor, which puts fields into the answer in the order in which they were resolved, not
 * in the order of the query. https://spec.graphql.org/October2021/#sec-Serialized-Map-Ordering
 */
export function executeInOrder(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
  const context = args.contextValue as GatewayContext; // as: what the server makes for each operation
  const before = changing.get(context.request);
  const result = before === undefined ? execute(args, context) : before.then(() => executeIfCounting(args, context));
  if (before !== undefined || isMutation(args.document, args.operationName)) {
    changing.set(context.request, Promise.resolve(result).then(ignore, ignore));
  }
  return result;
}

/** A long answer is written in turns, too. */
function execute(args: ExecutionArgs, { work, request }: GatewayContext): ExecutionResult | Promise<ExecutionResult> {
  const result = executeBounded(args, work);
  return 'then' in result ? result.then((known) => written(known, request, work)) : written(result, request, work);
}

/**
 * graphql-js reads all variables in one go. A query with many values among them is executed by its plan, which reads them in turns;
 * where that cannot be, and in other operations, there is a limit.
 */
function executeBounded(args: ExecutionArgs, work: Work): ExecutionResult | Promise<ExecutionResult> {
  const { schema, document, contextValue, variableValues } = args;
  const operation = getOperationAST(document, args.operationName);
  if (operation == null || variableValues == null) return executeInTurns(args, work);
  if (operation.operation !== OperationTypeNode.QUERY) {
    const refused = tooManyValues(schema, operation, variableValues);
    return refused === null ? executeInTurns(args, work) : { errors: [refused] };
  }
  if (!hasLongList(variableValues)) return executeInTurns(args, work);
  const plan = planQuery(schema, withoutOthers(document, operation));
  return Promise.resolve(plan === null ? null : executePlan(plan, contextValue, variableValues, work))
    .then((result) => result ?? executeOrRefuse(args, operation, variableValues, work))
    .catch(endOfWork);
}

/** The document with one of its operations alone. */
function withoutOthers(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const isNeeded = (one: DefinitionNode): boolean => one.kind !== Kind.OPERATION_DEFINITION || one === operation;
  return { ...document, definitions: document.definitions.filter(isNeeded) };
}

/** A query that no plan can execute, or whose variables are refused. */
async function executeOrRefuse(
  args: ExecutionArgs,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  work: Work,
): Promise<ExecutionResult> {
  const tooMany = tooManyValues(args.schema, operation, variables);
  if (tooMany === null) return executeInTurns(args, work);
  const faults = await work.run(faultsOfMany(args.schema, operation, variables));
  return { errors: faults.length > 0 ? faults : [tooMany] };
}

async function executeIfCounting(args: ExecutionArgs, context: GatewayContext): Promise<ExecutionResult> {
  const { sessions, caller, now } = context;
  try {
    await sessions.checkStillCounts(caller, now);
  } catch (error) {
    // as: nothing else is thrown
    const { message } = error as Error;
    return { errors: [new GraphQLError(message, { originalError: error as Error })] };
  }
  return execute(args, context);
}

/** With several operations and no name, nothing is executed. */
function isMutation({ definitions }: DocumentNode, name: string | null | undefined): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.MUTATION &&
      (name == null || definition.name?.value === name),
  );
}

/** Each operation of a batch is read and validated in one go. Before the second and each later one others have their turn, if it is due. */
export function useTurnsBetween(): Plugin {
  const begun = new WeakSet<object>();
  return {
    onParams: ({ request }) => {
      if (begun.has(request)) return turnIsOver() ? nextTurn() : undefined;
      begun.add(request);
      return undefined;
    },
  };
}

const ignore = (): void => undefined;
