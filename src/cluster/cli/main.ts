#!/usr/bin/env node
/** The program. Small, so that the cache of compiled code is in place before anything large is loaded. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Beside the program, as long as that may be written to; else there is no cache, and nothing else changes.
enableCompileCache(join(import.meta.dirname, '..', '.cache', 'compiled'));
const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
