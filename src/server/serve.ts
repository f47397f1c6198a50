import { setTimeout as delay } from 'node:timers/promises';
import { growHeapSlowly } from '../directory/gather/memory-budget.ts';
import { announcement } from './announcement.ts';
import { failureSentence } from './failure-sentence.ts';
import { type RunningGateway, startGateway } from './gateway.ts';
import type { Settings } from './settings.ts';
import { stopSignal } from './stop-signal.ts';

interface Output {
  out(text: string): void;
  error(text: string): void;
}

/** Runs a gateway until it is told to stop, and returns the exit code. */
export async function serve(settings: Settings, output: Output): Promise<number> {
  growHeapSlowly();
  const stop = stopSignal();
  let gateway: RunningGateway;
  try {
    gateway = await startGateway(settings);
  } catch (error) {
    const sentence = failureSentence(error, settings);
    if (sentence === null) throw error;
    output.error(`rolegate: ${sentence}\n`);
    return 1;
  }
  output.out(announcement(gateway, settings));
  await stop;
  if (settings.drainSeconds > 0) {
    gateway.drain();
    output.out(`stopping in ${settings.drainSeconds} s: /readyz says so, requests are answered until then\n`);
    await delay(settings.drainSeconds * 1000);
  }
  output.out('stopping: no new requests, finishing those under way\n');
  await gateway.close();
  output.out('stopped\n');
  return 0;
}
