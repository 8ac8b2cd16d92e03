const plain =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** The signals that `lifecycle.stopSignal` may name on Linux, sorted as errors list them. */
export const stopSignals: readonly string[] = [
  ...plain.split(' ').map((name) => `SIG${name}`),
  ...upTo(15).map((number) => `SIGRTMIN+${number}`),
  ...upTo(14).map((number) => `SIGRTMAX-${number}`),
].sort();
