/** The request queue of one pod: first come, first served, by a fixed number of servers (workers, threads). */

export class PodServers {
  readonly #freeAt: Float64Array;

  constructor(servers: number) {
    this.#freeAt = new Float64Array(servers);
  }

  /** A request arrives at `arrivalUs` and takes `serviceUs`: how long it waits for a server, µs. Call in order of arrival. */
  admit(arrivalUs: number, serviceUs: number): number {
    const freeAt = this.#freeAt;
    let first = 0;
    for (let i = 1; i < freeAt.length; i++) if (freeAt[i]! < freeAt[first]!) first = i;
    const start = Math.max(arrivalUs, freeAt[first]!);
    freeAt[first] = start + serviceUs;
    return start - arrivalUs;
  }
}
