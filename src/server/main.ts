import process from 'node:process';

// Set before graphql is loaded, which other modules do: it reads this once, and is slower in development.
process.env['NODE_ENV'] ??= 'production';
const { settingsInForce } = await import('./process-settings.ts');
const { settingArguments } = await import('./setting-sources.ts');
const { InvalidSettings } = await import('./settings.ts');

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  error: (text: string) => void process.stderr.write(text),
};

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  try {
    const given = settingArguments(args, true);
    if (given.rest.length > 0) {
      terminal.error(
        'rolegate: starting takes settings alone (--config FILE, --port 4000 …). Try `npx rolegate --help`.\n',
      );
      return 2;
    }
    const { settings } = settingsInForce(given);
    const { serve } = await import('./serve.ts');
    return await serve(settings, terminal, args);
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    for (const problem of error.problems) terminal.error(`rolegate: ${problem}\n`);
    return 2;
  }
}

process.exitCode = await main();
