/** A message of a netlink socket: its header without the length, and where its payload lies. */
export interface Message {
  type: number;
  flags: number;
  sequence: number;
  buffer: Buffer;
  start: number;
  end: number;
}

/** include/uapi/linux/netlink.h */
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_DUMP_INTR = 0x10;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
const NLM_F_DUMP = 0x300;
const HEADER = 16;

/** The messages in the first `length` bytes of a buffer; what is cut off or no message ends them. */
export function* messagesIn(buffer: Buffer, length: number): Generator<Message> {
  let at = 0;
  while (length - at >= HEADER) {
    const size = buffer.readUInt32LE(at);
    if (size < HEADER || size > length - at) return;
    yield {
      type: buffer.readUInt16LE(at + 4),
      flags: buffer.readUInt16LE(at + 6),
      sequence: buffer.readUInt32LE(at + 8),
      buffer,
      start: at + HEADER,
      end: at + size,
    };
    at += (size + 3) & ~3;
  }
}

/** The request for all of something: a header and the payload that its type wants. */
export const dumpRequest = (type: number, sequence: number, payload: Uint8Array): Buffer =>
  requestOf(type, NLM_F_REQUEST | NLM_F_DUMP, sequence, payload);

/** The request for one thing; an error of 0 ends the answer. */
export const getRequest = (type: number, sequence: number, payload: Uint8Array): Buffer =>
  requestOf(type, NLM_F_REQUEST | NLM_F_ACK, sequence, payload);

function requestOf(type: number, flags: number, sequence: number, payload: Uint8Array): Buffer {
  const request = Buffer.alloc(HEADER + payload.length);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(type, 4);
  request.writeUInt16LE(flags, 6);
  request.writeUInt32LE(sequence, 8);
  request.set(payload, HEADER);
  return request;
}

/** The errno in a message of type NLMSG_ERROR or NLMSG_DONE, which hold it negated; 0 where there is none. */
export const errnoOf = ({ buffer, start, end }: Message): number =>
  end - start >= 4 ? -buffer.readInt32LE(start) : 0;
