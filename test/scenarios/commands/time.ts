import { parseGoDuration } from '../../../src/codec/go-duration.ts';
import type { Command } from '../command.ts';

export const advance: Command = {
  name: 'advance',
  usage: 'advance DURATION',
  run: (session, given) => session.plane.clock.advance(parseGoDuration(given.one())),
};

/** Everything happens that needs no time. */
export const settle: Command = {
  name: 'settle',
  usage: 'settle',
  run(session, given) {
    given.none();
    return session.plane.clock.settle();
  },
};

export const now: Command = {
  name: 'now',
  usage: 'now',
  async run(session, given, _input, print) {
    given.none();
    print(`${new Date(session.now()).toISOString().slice(0, 19)}Z`);
  },
};
