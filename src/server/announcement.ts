import { join } from 'node:path';
import { DEMO_SIGN_IN_FILE, demoSignInText } from './demo.ts';
import type { RunningGateway } from './gateway.ts';
import { type Settings, withoutPassword } from './settings.ts';

/** The text that people read when the gateway is ready. It contains secrets only at the start that created them. */
export function announcement(gateway: RunningGateway, settings: Settings): string {
  const lines = [
    `Rolegate is ready at ${gateway.url}/graphql`,
    settings.console ? `  open ${gateway.url} in a browser for the console` : '  the console is off',
    settings.graphiql ? `  open ${gateway.url}/graphql in a browser for GraphiQL` : '  GraphiQL is off',
    `  directory       ${settings.databaseUrl === null ? join(settings.dataDir, 'db') : withoutPassword(settings.databaseUrl)}`,
    `  operator token  ${operatorToken(gateway, settings)}`,
  ];
  if (gateway.metrics !== null) lines.push(`  metrics         ${gateway.metrics}`);
  if (gateway.demo !== null) {
    if (gateway.demo.loadedNow) lines.push('', demoSignInText(gateway.demo.signIns).trimEnd());
    else lines.push(`  demo sign-in    in ${join(settings.dataDir, DEMO_SIGN_IN_FILE)}`);
  }
  return `${lines.join('\n')}\n`;
}

function operatorToken(gateway: RunningGateway, settings: Settings): string {
  if (settings.operatorToken !== null) return 'from ROLEGATE_OPERATOR_TOKEN';
  const path = join(settings.dataDir, 'operator.token');
  if (gateway.newOperatorToken === null) return `in ${path}`;
  return `${gateway.newOperatorToken}\n                  (shown this once; kept in ${path})`;
}
