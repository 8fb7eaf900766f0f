/** Which members of each Service changed since its endpoints were last worked out. */
import type { Member } from './service-pods.ts';

export class MemberChanges {
  /** Service → pod UID → the member as it is now; absent if nothing is known of what the Service was like before. */
  readonly #of = new Map<string, Map<string, Member>>();

  note(service: string, member: Member | undefined): void {
    if (member === undefined) this.#of.delete(service);
    else this.#of.get(service)?.set(member.pod.metadata.uid, member);
  }

  /** The changes since the last call, by pod UID; undefined if all members must be looked at. */
  take(service: string): ReadonlyMap<string, Member> | undefined {
    const changes = this.#of.get(service);
    this.#of.set(service, new Map());
    return changes;
  }

  forget(service: string): void {
    this.#of.delete(service);
  }
}
