#!/usr/bin/env node
// npm links commands when it installs, before anything is built: the link must lead to a file that is in the checkout.
import './demand_node.cjs';
import { existsSync } from 'fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) import(main.href);
else {
  console.error('trapline: this checkout is not built. Run `npm run build` in it.');
  process.exitCode = 1;
}
