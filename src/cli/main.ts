#!/usr/bin/env node
import process from 'node:process';

// Set before graphql is loaded: it reads this once, and is slower in development.
process.env['NODE_ENV'] ??= 'production';
const { runCommand } = await import('./run.ts');
const { ProcessTerminal } = await import('./terminal.ts');
const terminal = new ProcessTerminal(process.stdout, process.stderr);
process.exitCode = await runCommand(process.argv.slice(2), terminal, process.stdin);
