import { setTimeout as delay } from 'node:timers/promises';
import { growHeapSlowly } from '../directory/gather/memory-budget.ts';
import { announcement } from './announcement.ts';
import { failureSentence } from './failure-sentence.ts';
import { type RunningGateway, startGateway } from './gateway.ts';
import type { Settings } from './settings.ts';
import { stopSignal } from './stop-signal.ts';
import { servePrimary } from './workers/primary.ts';
import { asWorker } from './workers/worker.ts';

interface Output {
  out(text: string): void;
  error(text: string): void;
}

/**
 * Runs a gateway until it is told to stop, and returns the exit code. `args`: the settings of the command line, which further
 * processes are given too.
 */
export async function serve(settings: Settings, output: Output, args: readonly string[] = []): Promise<number> {
  const worker = asWorker();
  if (worker === null && settings.workers > 1) return servePrimary(settings.workers, output, args);
  growHeapSlowly();
  const stop = stopSignal();
  let gateway: RunningGateway;
  try {
    gateway = await startGateway(settings, worker === null ? {} : { worker });
  } catch (error) {
    const sentence = failureSentence(error, settings);
    if (sentence === null) throw error;
    if (worker === null) output.error(`rolegate: ${sentence}\n`);
    else await worker.failed(sentence);
    worker?.leave();
    return 1;
  }
  // Of several, the primary process tells people.
  const told = worker === null ? output : { out: () => undefined };
  worker?.ready(announcement(gateway, settings));
  told.out(announcement(gateway, settings));
  await stop;
  if (settings.drainSeconds > 0) {
    gateway.drain();
    told.out(`stopping in ${settings.drainSeconds} s: /readyz says so, requests are answered until then\n`);
    await delay(settings.drainSeconds * 1000);
  }
  told.out('stopping: no new requests, finishing those under way\n');
  await gateway.close();
  told.out('stopped\n');
  worker?.leave();
  return 0;
}
