/** `npm run package`: the archive of the plugin as built, signed where a token allows it, and what the catalog's form asks for. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { archiveOf, digest } from './archive';

const PLUGIN = path.join(import.meta.dirname, '..');
const DIST = path.join(PLUGIN, 'dist');
/** Beside what is built of the whole project, not in it. */
const OUTPUT = path.join(PLUGIN, '../dist');
const TOKEN = 'GRAFANA_ACCESS_POLICY_TOKEN';
/** Fetched when it is needed: who has no token has no use for it. */
const SIGN = '@grafana/sign-plugin@3.3.3';

/** Has Grafana Labs sign the list of files. Throws when it refuses; it has said why then. */
function sign(): void {
  execFileSync('npm', ['exec', '--yes', '--', SIGN, '--distDir', DIST], { cwd: PLUGIN, stdio: 'inherit' });
}

async function main(): Promise<void> {
  if (process.env[TOKEN]) sign();
  const { name, bytes, files, signed } = await archiveOf(DIST);
  await mkdir(OUTPUT, { recursive: true });
  await writeFile(path.join(OUTPUT, name), bytes);
  console.log(`dist/${name}: ${bytes.length} bytes, ${files} files`);
  console.log(`sha1    ${digest('sha1', bytes)}`);
  console.log(`sha256  ${digest('sha256', bytes)}`);
  if (!signed) {
    console.log(
      `Not signed: ${TOKEN} is not set. A new plugin is signed when the catalog has reviewed it; until then Grafana loads it only if allow_loading_unsigned_plugins names it.`,
    );
  }
}

await main();
