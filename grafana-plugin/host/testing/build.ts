import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Builds panel and page, so that no test ever runs against an old one. */
export default function build(): void {
  for (const script of ['build', 'build:host']) {
    execFileSync('npm', ['run', '--silent', script], {
      cwd: path.join(import.meta.dirname, '../..'),
      // A test runner's own environment would ask for a development build.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}
