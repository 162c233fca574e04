/** Samples of the last minutes as JSON, bounded in time and in bytes. */
export class History {
  private entries: { t: number; json: string }[] = [];
  private bytes = 0;

  constructor(
    private readonly maxAge: number,
    private readonly maxBytes: number,
  ) {}

  /** Adds a sample taken at `t` (milliseconds) and forgets what is older than the maximum age before that. */
  add(t: number, json: string): void {
    this.entries.push({ t, json });
    this.bytes += json.length;
    let gone = 0;
    for (const entry of this.entries) {
      if (entry.t >= t - this.maxAge && this.bytes <= this.maxBytes) break;
      this.bytes -= entry.json.length;
      gone++;
    }
    if (gone > 0) this.entries = this.entries.slice(gone);
  }

  /** The samples as a JSON array, oldest first. */
  toJson(): string {
    return `[${this.entries.map((entry) => entry.json).join(',')}]`;
  }
}
