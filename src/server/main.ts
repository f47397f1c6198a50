import process from 'node:process';
import { InvalidSettings, settingsOfProcess } from './settings.ts';

// Set before graphql is loaded: it reads this once, and is slower in development.
process.env['NODE_ENV'] ??= 'production';

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  error: (text: string) => void process.stderr.write(text),
};

async function main(): Promise<number> {
  if (process.argv.length > 2) {
    terminal.error(
      'rolegate: starting takes no arguments; settings are in the environment. Try `npx rolegate --help`.\n',
    );
    return 2;
  }
  try {
    const settings = settingsOfProcess();
    const { serve } = await import('./serve.ts');
    return await serve(settings, terminal);
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    for (const problem of error.problems) terminal.error(`rolegate: ${problem}\n`);
    return 2;
  }
}

process.exitCode = await main();
