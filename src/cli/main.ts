#!/usr/bin/env node
import process from 'node:process';

// Set before graphql is loaded: it reads this once, and is slower in development.
process.env['NODE_ENV'] ??= 'production';
const { runCommand } = await import('./run.ts');
const { processTerminal } = await import('./terminal.ts');
process.exitCode = await runCommand(process.argv.slice(2), processTerminal, process.stdin);
