/** `GANDAN_SEED` plays an earlier run again, as far as a busy machine lets it. */
export const SEED = Number(process.env.GANDAN_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** The same numbers for the same seed (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }
}
