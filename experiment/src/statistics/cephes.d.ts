/** The package brings types that its `exports` hide; these are the functions used. */
declare module 'cephes' {
  const cephes: {
    /** Resolves when the functions can be called. */
    compiled: Promise<void>;
    /** Quantile of Student's t. */
    stdtri(freedom: number, probability: number): number;
    /** Upper tail of Fisher's F. */
    fdtrc(freedomAbove: number, freedomBelow: number, f: number): number;
  };
  export default cephes;
}
