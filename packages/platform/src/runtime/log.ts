import pino from 'pino';

/** JSON lines: error = a person must act, warn = it heals, info = a business fact. Never personal data. */
export type Log = pino.Logger;

export function createLog(service: string, level = 'info', to?: pino.DestinationStream): Log {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['err.parameters', 'err.query', 'err.detail', 'err.where'],
  };
  return to ? pino(options, to) : pino(options);
}
