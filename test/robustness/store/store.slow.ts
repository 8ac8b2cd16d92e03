/** The slow run of what the everyday suite runs in short: a thousand seeds, a hundred kills. */
process.env['SLIPWAY_SEEDS'] ??= '1000';
process.env['SLIPWAY_KILLS'] ??= '100';
await import('./power-loss.test.ts');
await import('./kill.test.ts');
