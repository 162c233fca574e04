import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

/** Logs to stderr: lines for people on a terminal, JSON elsewhere. */
export function createLog(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  return pino(
    { level, base: null },
    pretty({ destination: 2, sync: true, colorize: !process.env['NO_COLOR'] }),
  );
}
