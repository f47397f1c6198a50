import { principalIdOf } from '../../policy/principal-id.ts';
import { plain } from '../plain.ts';
import { annotationLine } from '../report/github.ts';
import { table } from '../report/table.ts';
import { counted } from '../terminal.ts';
import type { CheckPolicyCommand } from './arguments.ts';
import type { CheckedPart, CheckedPolicy } from './checked.ts';

/** What the command prints of its result. */
export function printed(result: CheckedPolicy, command: CheckPolicyCommand): string {
  if (command.format === 'json') return `${JSON.stringify(jsonOf(result, command), null, 2)}\n`;
  return command.format === 'github' ? annotations(result, command) : report(result, command);
}

const TITLES: Readonly<Record<CheckedPart['check'], string>> = {
  noNewAccess: 'no new access',
  notGranted: 'access not granted',
  noPublicAccess: 'no public access',
};

function report({ policyKind, findings, checks }: CheckedPolicy, { file }: CheckPolicyCommand): string {
  const found = table(
    findings.map(({ line, column, severity, code, message }) => [
      `${line}:${column}`,
      severity.toLowerCase(),
      code,
      message,
    ]),
  );
  const errors = findings.filter(({ severity }) => severity === 'ERROR').length;
  const warnings = findings.length - errors;
  const first = `${plain(file)}: checked as a policy of kind ${policyKind}: ${counted(errors, 'error', 'errors')}, ${counted(warnings, 'warning', 'warnings')}\n`;
  const rows = checks.flatMap(({ check, passed, answer, messages }) => {
    const state = passed ? 'passed' : answer === 'YES' ? 'FAILED' : 'UNDECIDED';
    const [message = '', ...more] = messages;
    return [[TITLES[check], state, message], ...more.map((each) => ['', '', each])];
  });
  return `${first}${found}${table(rows)}`;
}

function annotations({ findings, checks }: CheckedPolicy, { file }: CheckPolicyCommand): string {
  const found = findings.map(({ severity, code, message, line, column }) =>
    annotationLine({ level: severity === 'ERROR' ? 'error' : 'warning', file, line, column, title: code, message }),
  );
  const failed = checks
    .filter(({ passed }) => !passed)
    .map(({ check, answer, messages, line, column }) =>
      annotationLine({
        level: 'error',
        file,
        line,
        column,
        title: `${TITLES[check]}: ${answer === 'YES' ? 'failed' : 'undecided'}`,
        message: messages.join('\n'),
      }),
    );
  return [...found, ...failed].join('');
}

function jsonOf({ policyKind, findings, checks }: CheckedPolicy, { file, against }: CheckPolicyCommand): unknown {
  const parts = checks.map(({ witness, ...part }) => ({
    ...part,
    witness:
      witness === null
        ? null
        : {
            principal: principalIdOf(witness.caller.principal),
            roleArn: witness.caller.roleArn,
            federatedProvider: witness.caller.federatedProvider ?? null,
            canonicalUser: witness.caller.canonicalUser ?? null,
            action: witness.action,
            resource: witness.resource,
            resourceAccount: witness.resourceAccount,
            context: Object.fromEntries(witness.context),
            statementIndex: witness.statement,
            sid: witness.sid,
            documentField: witness.place,
            ...witness.around,
          },
  }));
  return { file, against, kind: policyKind, findings, checks: parts };
}
