/** What HTTP clients may take of the exporter. Times in milliseconds. */
export interface Limits {
  /** Connections open at the same time. */
  connections: number;
  /** The newest connections: they are not closed for one that is newer still, so that each has its turn to send a request. */
  newest: number;
  /** Requests under way on one connection. */
  pipelined: number;
  /** Bytes of answers that clients have not taken yet; an answer that several clients get counts once. */
  heldBytes: number;
  /** From the connection, or the first byte of a later request, to the complete request. */
  request: number;
  /** Between two requests of a connection. */
  idle: number;
  /** Without any progress of an answer; a client that never reads is cut after one to two of these. */
  write: number;
  /** From the start of an answer to its end, however steadily the client reads. The live stream has no end. */
  answer: number;
}

/** The limits, and why each is what it is. */
export const LIMITS: Limits = {
  // Far above 32 live streams and the scrapes of several Prometheus servers, far below 1024 open files.
  connections: 256,
  // What arrives in one round trip of a slow network while somebody opens connections as fast as possible.
  newest: 32,
  // Neither Prometheus nor a browser sends a request before the answer to the last one.
  pipelined: 8,
  // Ten scrapes of a thousand VMs.
  heldBytes: 64 * 1024 * 1024,
  // A request is one packet; Prometheus gives up after 10 s.
  request: 10_000,
  // Longer than the usual scrape intervals, so that Prometheus keeps its connection from scrape to scrape.
  idle: 75_000,
  // The kernel reports progress when a third of its send buffer (at most 4 MB) is free again: 65 kB/s are enough.
  write: 20_000,
  // The page, about 3 MB compressed, through 100 kbit/s.
  answer: 300_000,
};
