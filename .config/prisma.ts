import { defineConfig } from 'prisma/config';

// Paths are relative to this file. The URL is the gateway's to choose at start (src/server/config.ts); nothing here connects.
export default defineConfig({ schema: '../prisma/schema.prisma' });
