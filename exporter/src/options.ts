import { InvalidArgumentError, Option, type Command } from 'commander';
import { modules } from './collectors/catalogue.js';
import type { Module } from './collectors/module.js';
import { EXIT, Failure } from './failure.js';
import { ROLES, type Role } from './machine/index.js';
import { DEFAULT_MAX_SERIES } from './exposition/metric.js';
import { parseAddress, type Address } from './web/address.js';

/** Everything `trapline serve` can be told. It crosses to the server process as JSON. */
export interface ServeOptions {
  listen: Address;
  /** Names of the enabled collectors. */
  collectors: string[];
  logLevel: string;
  /** What this machine is; undefined: as it is found. */
  role?: Role;
  /** Who the server becomes once it holds what needs privileges, where it starts as root. */
  user: string;
  /** Seconds an ended VM is still exported. */
  linger: number;
  maxSeries: number;
  /** Whether each capture socket has series of its own. */
  captureBySocket: boolean;
  /** Share of all CPUs that the programs may take; undefined: any. */
  costBudget?: number;
}

const option = (flags: string, help: string, variable: string): Option =>
  new Option(flags, help).env(`TRAPLINE_${variable}`);

/** Of `serve`, and of `doctor`, which tries it. */
export const userOption = (): Option =>
  option('--user <name>', 'user to become after attaching, where Trapline starts as root', 'USER').default(
    'nobody',
  );

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Adds the options of `serve`; each has an environment variable of the same name. */
export function addServeOptions(command: Command): Command {
  command
    .addOption(
      option('--listen <address>', 'where to serve, as host:port', 'LISTEN')
        .default('127.0.0.1:9818')
        .argParser(checked((text) => (parseAddress(text), text))),
    )
    .addOption(
      option('--role <role>', 'what this machine is', 'ROLE')
        .default('auto', 'as it is found')
        .choices(['auto', ...ROLES]),
    )
    .addOption(userOption())
    .addOption(
      option('--log-level <level>', 'least level to log', 'LOG_LEVEL').default('info').choices(LOG_LEVELS),
    )
    .addOption(
      option('--linger <seconds>', 'how long to export a VM after its end', 'LINGER')
        .default(60)
        .argParser(checked((text) => wholeNumber(text, 0, 86_400))),
    )
    .addOption(
      option('--max-series <number>', 'series one collector may export', 'MAX_SERIES')
        .default(DEFAULT_MAX_SERIES)
        .argParser(checked((text) => wholeNumber(text, 1, 10_000_000))),
    )
    .addOption(
      option(
        '--cost-budget <percent>',
        'switch off the dearest collectors while the programs take more of all CPUs than this, as in 0.5%',
        'COST_BUDGET',
      ).argParser(checked(percentage)),
    )
    .addOption(
      new Option(
        '--capture-by-socket',
        'export each capture socket with its fanout group too, within --max-series (env: TRAPLINE_CAPTURE_BY_SOCKET=true)',
      ).default(switchedOn('CAPTURE_BY_SOCKET', false)),
    );
  for (const { description, offByDefault } of modules) {
    const { name, help } = description;
    const on = switchedOn(`COLLECTOR_${name.toUpperCase()}`, !offByDefault);
    command.addOption(new Option(`--collector.${name}`, help).default(on));
    command.addOption(new Option(`--no-collector.${name}`).hideHelp());
  }
  return command.addHelpText('after', collectorHelp);
}

const collectorHelp = `
--no-collector.<name> or TRAPLINE_COLLECTOR_<NAME>=false turns off a collector that is on by default,
--collector.<name> or TRAPLINE_COLLECTOR_<NAME>=true turns on one that is not.`;

/** Options as commander parsed them. Throws where a value makes no sense. */
export function toServeOptions(parsed: Record<string, unknown>): ServeOptions {
  return {
    listen: parseAddress(String(parsed['listen'])),
    collectors: modules
      .filter(({ side }) => hasSide(parsed['role'] as Role | 'auto', side))
      .map(({ description }) => description.name)
      .filter((name) => parsed[`collector.${name}`] === true),
    ...(parsed['role'] === 'auto' ? {} : { role: parsed['role'] as Role }),
    logLevel: String(parsed['logLevel']),
    user: String(parsed['user']),
    linger: Number(parsed['linger']),
    maxSeries: Number(parsed['maxSeries']),
    captureBySocket: parsed['captureBySocket'] === true,
    ...(parsed['costBudget'] === undefined ? {} : { costBudget: Number(parsed['costBudget']) }),
  };
}

/** What is found may change, when the module kvm comes; what the user says does not. */
function hasSide(role: Role | 'auto', side: Module['side']): boolean {
  return side === undefined || role === 'auto' || role === 'both' || role === side;
}

/** Commander takes any value of a switch's variable for true. */
function switchedOn(variable: string, otherwise: boolean): boolean {
  const value = process.env[`TRAPLINE_${variable}`] ?? String(otherwise);
  if (value !== 'true' && value !== 'false')
    throw new Failure(
      `TRAPLINE_${variable} must be true or false, not ${JSON.stringify(value)}.`,
      'Leave it out to keep the default.',
      EXIT.usage,
    );
  return value === 'true';
}

/** Lets commander say what is wrong in its own way. */
function checked<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`It must be a whole number from ${least} to ${most}.`);
  return value;
}

/** A share of 1. */
function percentage(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  const value = Number(digits) / 100;
  if (!(value > 0 && value <= 1)) throw new Error('It must be more than 0% and at most 100%.');
  return value;
}
