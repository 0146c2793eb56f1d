package dev.membound.peers;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Keys or values of one sequence as the peers want them: {@code [kvHeads, tokens, headDim]}.
 *
 * @param data exactly the tensor's bytes
 */
public record KvTensor(KvFormat format, int kvHeads, int tokens, int headDim, MemorySegment data) {
  private static final int POOL_BLOCKS = 1 << 12;

  /** Bytes of such a tensor. */
  public static long byteSize(KvFormat format, int kvHeads, int tokens, int headDim) {
    return format.bytes((long) kvHeads * tokens * headDim);
  }

  /** Allocates a tensor of values uniform in [−√3, √3]; the same for the same seed. */
  public static KvTensor random(
      KvFormat format, int kvHeads, int tokens, int headDim, long seed, Arena arena) {
    MemorySegment data = OffHeap.allocate(arena, byteSize(format, kvHeads, tokens, headDim));
    return new KvTensor(format, kvHeads, tokens, headDim, data).fill(seed);
  }

  /** Fills memory of the right size, fast: pieces of a small pool from random places. */
  KvTensor fill(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int elements = format.blockElements();
    long blockBytes = format.bytes(elements);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment pool = arena.allocate(POOL_BLOCKS * blockBytes, Long.BYTES);
      float[] block = new float[elements];
      for (int b = 0; b < POOL_BLOCKS; b++) {
        for (int i = 0; i < elements; i++) {
          block[i] = (float) ((2 * random.nextDouble() - 1) * Math.sqrt(3));
        }
        format.encode(block, pool, b * blockBytes);
      }
      long piece = POOL_BLOCKS / 4 * blockBytes;
      for (long at = 0; at < data.byteSize(); at += piece) {
        long from = random.nextInt(POOL_BLOCKS * 3 / 4) * blockBytes;
        MemorySegment.copy(pool, from, data, at, Math.min(piece, data.byteSize() - at));
      }
    }
    return this;
  }

  /** One element, decoded. */
  public float get(int head, int token, int dim) {
    long index = ((long) head * tokens + token) * headDim + dim;
    int elements = format.blockElements();
    long offset = index / elements * format.bytes(elements);
    return format.decode(data, offset, (int) (index % elements));
  }

  /** A token's elements in one head. */
  float[] row(int head, int token) {
    float[] row = new float[headDim];
    for (int dim = 0; dim < headDim; dim++) {
      row[dim] = get(head, token, dim);
    }
    return row;
  }
}
