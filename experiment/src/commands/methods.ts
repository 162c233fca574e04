import type { Method } from '../methods/method.js';
import type { Shell } from '../shell/shell.js';

/** What can be measured on a machine: a paragraph for each method, for people. */
export async function describeMethods(methods: readonly Method[], shell: Shell): Promise<string> {
  const paragraphs = await Promise.all(methods.map((method) => describe(method, shell)));
  return paragraphs.join('\n');
}

async function describe({ name, title, monitors, detect }: Method, shell: Shell): Promise<string> {
  const presence = await detect(shell, monitors);
  const programs = presence.present
    ? Object.entries(presence.programs).map(([program, version]) => `${program} ${version}`)
    : [];
  const state = presence.present
    ? `here: ${programs.join(', ') || 'the kernel'}`
    : `not here. ${presence.remedy}`;
  return `${name.padEnd(10)} ${title}; monitors ${monitors.join(', ')}\n${' '.repeat(11)}${state}`;
}
