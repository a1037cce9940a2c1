const SIZE_BYTES = 4;

export interface FrameReader {
  /** The frames that this chunk completes; `badSize` is a size that no frame can have, after which nothing can be read any more. */
  push(chunk: Buffer): { readonly frames: readonly Buffer[]; readonly badSize?: number };
}

/** Cuts a stream into Kafka's frames: a size (int32, big-endian), then as many bytes. Holds at most one frame. */
export function frameReader(maxBytes: number): FrameReader {
  let parts: Buffer[] = [];
  let have = 0;
  let need = SIZE_BYTES;
  return {
    push(chunk) {
      parts.push(chunk);
      have += chunk.length;
      const frames: Buffer[] = [];
      while (have >= need) {
        const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
        const size = whole.readInt32BE(0);
        if (size < 0 || size > maxBytes) return { frames, badSize: size };
        need = SIZE_BYTES + size;
        parts = [whole];
        if (have < need) break;
        frames.push(whole.subarray(SIZE_BYTES, need));
        parts = have === need ? [] : [whole.subarray(need)];
        have -= need;
        need = SIZE_BYTES;
      }
      return { frames };
    },
  };
}
