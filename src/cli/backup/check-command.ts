import type { CheckReport } from '../../directory/backup/check.ts';
import { CHECK_PATH } from '../../server/maintenance-route.ts';
import { openStore } from '../../server/services.ts';
import type { Settings } from '../../server/settings.ts';
import { CommandFailed } from '../failure.ts';
import { isObject } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway, textOf } from '../running-gateway.ts';
import { counted, type Terminal } from '../terminal.ts';
import type { CheckCommand } from './arguments.ts';

/** `rolegate check`; the exit code: 1 if something is wrong. Throws CommandFailed. */
export async function checkDirectory(
  { isJson }: CheckCommand,
  settings: Settings,
  terminal: Terminal,
): Promise<number> {
  const report = await hereOrThere(
    settings,
    () => checkHere(settings),
    (gateway) => checkThere(gateway),
  );
  if (isJson) terminal.out(`${JSON.stringify(report)}\n`);
  else print(report, terminal);
  return report.faults.length === 0 ? 0 : 1;
}

function print({ tables, rows, documents, faults, moreFaults }: CheckReport, terminal: Terminal): void {
  const read = `${counted(tables, 'table', 'tables')}, ${counted(rows, 'row', 'rows')}, ${counted(documents, 'policy document', 'policy documents')}`;
  const count = faults.length + moreFaults;
  terminal.out(`checked ${read}: ${count === 0 ? 'nothing is wrong' : counted(count, 'fault', 'faults')}\n`);
  for (const fault of faults) terminal.error(`${plain(fault)}\n`);
  if (moreFaults > 0) terminal.error(`and ${counted(moreFaults, 'more', 'more')}\n`);
}

/** The database itself; null if another process holds its folder. */
async function checkHere(settings: Settings): Promise<CheckReport | null> {
  const store = await orNullIfHeld(openStore(settings));
  if (store === null) return null;
  try {
    return await store.directory.check();
  } finally {
    await store.directory.close();
  }
}

async function checkThere(gateway: RunningGateway): Promise<CheckReport> {
  const answer: unknown = JSON.parse(await textOf(await gateway.post(CHECK_PATH)));
  if (!isObject(answer) || !Array.isArray(answer['faults'])) {
    throw new CommandFailed(`the gateway at ${gateway.url} gives no answer`);
  }
  const { tables, rows, documents, faults, moreFaults } = answer;
  return {
    tables: Number(tables),
    rows: Number(rows),
    documents: Number(documents),
    faults: faults.map(String),
    moreFaults: Number(moreFaults),
  };
}
