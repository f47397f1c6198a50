import { named, tableOfNames } from '../ask/lines.ts';
import { safeJson } from '../ask/safe-json.ts';
import { annotationLine } from '../report/github.ts';
import { counted } from '../terminal.ts';
import { isRefusal, LISTED, type PreviewAnswer, type PreviewedAccess, type PreviewRefusal } from './answer.ts';
import type { PreviewCommand } from './arguments.ts';
import type { ChangesFile } from './changes-file.ts';

/** What the command prints of its answer. */
export function printed(answer: PreviewAnswer | PreviewRefusal, command: PreviewCommand, file: ChangesFile): string {
  if (command.format === 'json') return `${safeJson(answer)}\n`;
  if (command.format === 'github') return annotations(answer, command, file);
  return isRefusal(answer) ? `${refusalSentence(answer)}\n` : report(answer);
}

function refusalSentence({ index, code, message }: PreviewRefusal): string {
  const which = index === null ? '' : `change ${index + 1}: `;
  return named(`${which}${message} (${code})`);
}

const MARKS = { GAINED: '+', CHANGED: '~', LOST: '-' } as const;

function nameOf({ principal, assumedRole }: PreviewedAccess): string {
  return assumedRole === null ? principal.principalId : `${principal.principalId} in ${assumedRole.arn}`;
}

function report(answer: PreviewAnswer): string {
  const { accesses, touched } = answer;
  const first = `${counted(touched.length, 'entity', 'entities')} touched, ${counted(accesses.length, 'principal is', 'principals are')} concerned\n`;
  const parts = accesses.map((access) => {
    const { gainedCount, changedCount, lostCount, differences, partial } = access;
    const counts = `gains ${gainedCount}, changes ${changedCount}, loses ${lostCount}`;
    const rows = differences.nodes.map(({ change, action, accessLevel }) => [
      `  ${MARKS[change]} ${action}`,
      accessLevel.toLowerCase().replace('_', ' '),
    ]);
    const more = gainedCount + changedCount + lostCount - differences.nodes.length;
    const others = more > 0 ? [`  and ${more} more\n`] : [];
    const uncompared = partial.length > 0 ? [`  not compared: ${partial.map(named).join(', ')}\n`] : [];
    return [`${named(nameOf(access))}: ${counts}\n`, tableOfNames().lines(rows), ...others, ...uncompared].join('');
  });
  return [first, ...parts, ...noteLines(answer), ...verdictLines(answer)].join('');
}

function noteLines({ withheld, complete, gaps }: PreviewAnswer): readonly string[] {
  return [
    ...(withheld ? ['more is concerned than you may know\n'] : []),
    ...(complete ? [] : ['more principals are concerned than are compared at once\n']),
    ...gaps.map((gap) => `not known: ${named(gap)}\n`),
  ];
}

function verdictLines({ verdict, failures, failureCount }: PreviewAnswer): readonly string[] {
  if (verdict === null) return [];
  const rows = failures.map((failure) => ['FAILED', gainSentence(failure)]);
  const more = failureCount - failures.length;
  if (more > 0) rows.push(['FAILED', `and ${more} more`]);
  if (verdict === 'UNDECIDED') rows.push(['UNDECIDED', UNDECIDED]);
  if (verdict === 'PASSED') rows.push(['passed', 'nobody gains what must not be gained']);
  return [tableOfNames().lines(rows)];
}

const UNDECIDED = 'it was not looked at all that is concerned';

function gainSentence({ principal, assumedRole, action, pattern }: PreviewAnswer['failures'][number]): string {
  return `${principal}${assumedRole === null ? '' : ` in ${assumedRole}`} gains ${action} (${pattern})`;
}

function annotations(
  answer: PreviewAnswer | PreviewRefusal,
  { file }: PreviewCommand,
  { placeOf }: ChangesFile,
): string {
  const whole = { file, line: null, column: null };
  if (isRefusal(answer)) {
    const place = answer.index === null ? null : placeOf(answer.index);
    const message = refusalSentence(answer);
    return annotationLine({ ...whole, ...place, level: 'error', title: answer.code, message });
  }
  const failed = answer.failures.map((failure) =>
    annotationLine({
      ...whole,
      ...placeOf(0),
      level: 'error',
      title: `gains ${failure.action}`,
      message: gainSentence(failure),
    }),
  );
  const undecided =
    answer.verdict === 'UNDECIDED'
      ? [annotationLine({ ...whole, level: 'error', title: 'undecided', message: UNDECIDED })]
      : [];
  const notices = answer.accesses.map((access) => {
    const worst = access.differences.nodes
      .slice(0, LISTED)
      .map(({ change, action }) => `${MARKS[change]} ${action}`)
      .join('\n');
    return annotationLine({ ...whole, level: 'notice', title: nameOf(access), message: worst });
  });
  return [...failed, ...undecided, ...notices].join('');
}
