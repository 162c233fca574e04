'use strict';
// Ends the process where Node is older than package.json demands. Must itself be understood by any Node.
const { engines } = require('../package.json');

const numbers = (version) => /(\d+)\.(\d+)/.exec(version).slice(1).map(Number);
const [major, minor] = numbers(process.versions.node);
const [leastMajor, leastMinor] = numbers(engines.node);

if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  const least = leastMajor + '.' + leastMinor;
  console.error(
    'trapline: This is Node ' +
      process.versions.node +
      ', and Trapline needs Node ' +
      least +
      ' or newer. ' +
      'Install one, for example as https://nodejs.org/en/download says, and put it first in PATH.',
  );
  // EXIT.node in src/failure.ts
  process.exit(7);
}
