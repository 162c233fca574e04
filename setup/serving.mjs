import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_LISTEN = '127.0.0.1:9818';

/**
 * The address of the page of an exporter started with these arguments, as a browser on this machine reaches it.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function pageOf(args, env) {
  const listen = optionOf(args, '--listen') ?? env.TRAPLINE_LISTEN ?? DEFAULT_LISTEN;
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon);
  const everywhere = ['', '0.0.0.0', '[::]', '*'].includes(host);
  return `http://${everywhere ? '127.0.0.1' : host}:${listen.slice(colon + 1)}/`;
}

/** @param {readonly string[]} args @param {string} name @returns {string | undefined} the last one counts */
function optionOf(args, name) {
  const at = args.findLastIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at] === name ? args[at + 1] : args[at]?.slice(name.length + 1);
}

/** Whether an exporter is ready there now. @param {string} page */
export async function answers(page) {
  return fetch(`${page}readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

/**
 * Waits until an exporter is ready.
 * @param {string} page
 * @param {() => boolean} running whether it is worth waiting on
 * @returns {Promise<boolean>} false when it is not running any more
 */
export async function isReady(page, running) {
  while (running()) {
    if (await answers(page)) return true;
    await sleep(200);
  }
  return false;
}

/** Whether an exporter sees a VM. @param {string} page */
export async function hasVm(page) {
  const metrics = await (await fetch(`${page}metrics`)).text();
  return /^trapline_vm_info\{/m.test(metrics);
}
