import type { Settings } from '../server/settings.ts';
import { readinessOf } from './running-gateway.ts';
import type { Terminal } from './terminal.ts';

/** `rolegate status`. Returns the exit code: 1 if no gateway is ready on the data folder. */
export async function printStatus(isJson: boolean, settings: Settings, terminal: Terminal): Promise<number> {
  const readiness = await readinessOf(settings);
  const status = readiness ?? {
    url: null,
    pid: null,
    isReady: false,
    reason: `no gateway runs on ${settings.dataDir}`,
  };
  if (isJson) terminal.out(`${JSON.stringify({ ...status, dataDir: settings.dataDir })}\n`);
  else {
    if (status.url !== null) terminal.out(`gateway      ${status.url} (process ${status.pid})\n`);
    terminal.out(`data folder  ${settings.dataDir}\n`);
    terminal.out(`ready        ${status.isReady ? 'yes' : `no: ${status.reason}`}\n`);
  }
  return status.isReady ? 0 : 1;
}
