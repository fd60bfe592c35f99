import { type ConnectionOptions, Queue } from "bullmq";

/** A queue as the board shows it. Nothing is added through it: steps are scheduled by scripts only. */
export function openQueue(
  name: string,
  options: { readonly client: ConnectionOptions; readonly prefix: string },
): Queue {
  return new Queue(name, { connection: options.client, prefix: options.prefix, skipMetasUpdate: true });
}
