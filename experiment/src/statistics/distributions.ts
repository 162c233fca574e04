// The panel reads this file in its browser tests, and with its own settings.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an import would be one of a module that is not there
/// <reference path="./cephes.d.ts" />
import cephes from 'cephes';

await cephes.compiled;

/** The value below which Student's t with so many degrees of freedom (a whole number) lies with this probability. */
export function tQuantile(probability: number, freedom: number): number {
  return cephes.stdtri(freedom, probability);
}

/** The probability that Fisher's F is at least this large, where nothing but chance makes it so. */
export function fTail(f: number, freedomAbove: number, freedomBelow: number): number {
  return f === Infinity ? 0 : cephes.fdtrc(freedomAbove, freedomBelow, f);
}
