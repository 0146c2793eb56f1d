package dev.membound.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.membound.kernels.attention.AttentionShape;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** {@code ggml_flash_attn_ext} over a head-major cache, the layout that suits it best. */
final class GgmlAttention implements PeerAttention {
  /** Their ids in {@code enum ggml_type}. This build refuses binary32 keys. */
  static final Map<KvFormat, Integer> FORMATS =
      Map.of(KvFormat.F16, 1, KvFormat.BF16, 30, KvFormat.Q8_0, 8);

  private final Ggml ggml;
  private final KvTensor keys;
  private final KvTensor values;
  private final Ggml.Tensor q;
  private final Ggml.Tensor output;

  GgmlAttention(AttentionShape shape, KvFormat format, int tokens, long seed, int threads) {
    int headDim = shape.headDim();
    long kvBytes = KvTensor.byteSize(format, shape.kvHeads(), tokens, headDim);
    long queryBytes = (long) Float.BYTES * shape.queryLength();
    ggml = new Ggml(2 * kvBytes + 2 * queryBytes);
    int type = FORMATS.get(format);
    q = ggml.tensor(Ggml.F32, queryBytes, headDim, 1, shape.queryHeads());
    Ggml.Tensor k = ggml.tensor(type, kvBytes, headDim, tokens, shape.kvHeads());
    Ggml.Tensor v = ggml.tensor(type, kvBytes, headDim, tokens, shape.kvHeads());
    keys = new KvTensor(format, shape.kvHeads(), tokens, headDim, k.data()).fill(seed);
    values = new KvTensor(format, shape.kvHeads(), tokens, headDim, v.data()).fill(seed + 1);
    output = ggml.flashAttention(q, k, v, (float) (1 / Math.sqrt(headDim)), queryBytes);
    ggml.plan(output, threads);
  }

  @Override
  public void query(float[] source) {
    MemorySegment.copy(source, 0, q.data(), JAVA_FLOAT, 0, source.length);
  }

  @Override
  public void attend() {
    ggml.compute();
  }

  @Override
  public void output(float[] target) {
    MemorySegment.copy(output.data(), JAVA_FLOAT, 0, target, 0, target.length);
  }

  @Override
  public KvTensor keys() {
    return keys;
  }

  @Override
  public KvTensor values() {
    return values;
  }

  @Override
  public void close() {
    ggml.close();
  }
}
