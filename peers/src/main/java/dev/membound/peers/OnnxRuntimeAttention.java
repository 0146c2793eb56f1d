package dev.membound.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.peers.onnx.ElementType;
import dev.membound.peers.onnx.OnnxModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code GroupQueryAttention} of ONNX Runtime. One tensor is both past and pinned present, so the
 * cache is shared and nothing of it is copied; each step writes the last token's key and value
 * again, as a real step does.
 *
 * <p>Inputs and attributes: <a
 * href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md">contributed
 * operators</a>.
 */
final class OnnxRuntimeAttention implements PeerAttention {
  /** The formats of its CPU kernel: the cache's element type. */
  static final Map<KvFormat, ElementType> FORMATS =
      Map.of(
          KvFormat.F32, ElementType.FLOAT,
          KvFormat.F16, ElementType.FLOAT16,
          KvFormat.INT8, ElementType.INT8);

  private final AttentionShape shape;
  private final KvTensor keys;
  private final KvTensor values;
  private final Arena arena = Arena.ofShared();
  private final boolean halves;
  private final MemorySegment query;
  private final MemorySegment output;
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();

  OnnxRuntimeAttention(AttentionShape shape, KvFormat format, int tokens, long seed, int threads) {
    this.shape = shape;
    halves = format == KvFormat.F16;
    int kvHeads = shape.kvHeads();
    int headDim = shape.headDim();
    keys = KvTensor.random(format, kvHeads, tokens, headDim, seed, arena);
    values = KvTensor.random(format, kvHeads, tokens, headDim, seed + 1, arena);
    int elementBytes = halves ? Short.BYTES : Float.BYTES;
    query = OffHeap.allocate(arena, (long) elementBytes * shape.queryLength());
    output = OffHeap.allocate(arena, (long) elementBytes * shape.queryLength());
    try {
      session = OnnxRuntime.session(model(format, tokens), threads);
      bind(format, tokens);
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
  }

  private OnnxModel model(KvFormat format, int tokens) {
    boolean int8 = format == KvFormat.INT8;
    List<String> names = List.of("q", "k", "v", "pastK", "pastV", "last", "total");
    List<String> int8Names =
        List.of(
            "q", "k", "v", "pastK", "pastV", "last", "total", "", "", "", "", "", "scaleK",
            "scaleV");
    ElementType cache = FORMATS.get(format);
    ElementType activations = halves ? ElementType.FLOAT16 : ElementType.FLOAT;
    int kvHeads = shape.kvHeads();
    int headDim = shape.headDim();
    int kvLength = kvHeads * headDim;
    OnnxModel model =
        new OnnxModel(
                "GroupQueryAttention",
                OnnxModel.MICROSOFT,
                int8 ? int8Names : names,
                List.of("o", "presentK", "presentV"))
            .attribute("num_heads", shape.queryHeads())
            .attribute("kv_num_heads", kvHeads)
            .attribute("scale", (float) (1 / Math.sqrt(headDim)))
            .input("q", activations, 1, 1, shape.queryLength())
            .input("k", activations, 1, 1, kvLength)
            .input("v", activations, 1, 1, kvLength)
            .input("pastK", cache, 1, kvHeads, tokens, headDim)
            .input("pastV", cache, 1, kvHeads, tokens, headDim)
            .constant("last", ElementType.INT32, integer(tokens - 1), 1)
            .constant("total", ElementType.INT32, integer(tokens))
            .output("o", activations, 1, 1, shape.queryLength())
            .output("presentK", cache, 1, kvHeads, tokens, headDim)
            .output("presentV", cache, 1, kvHeads, tokens, headDim);
    if (int8) {
      MemorySegment scale = arena.allocateFrom(JAVA_FLOAT, KvFormat.INT8_SCALE);
      model
          .attribute("k_quant_type", "PER_TENSOR")
          .attribute("v_quant_type", "PER_TENSOR")
          .attribute("kv_cache_bit_width", 8)
          .constant("scaleK", ElementType.FLOAT, scale, 1)
          .constant("scaleV", ElementType.FLOAT, scale, 1);
    }
    return model;
  }

  private void bind(KvFormat format, int tokens) throws OrtException {
    int queryLength = shape.queryLength();
    int kvLength = shape.kvHeads() * shape.headDim();
    long[] cacheShape = {1, shape.kvHeads(), tokens, shape.headDim()};
    inputs.put("q", activations(query, queryLength));
    inputs.put("k", activations(lastToken(keys), kvLength));
    inputs.put("v", activations(lastToken(values), kvLength));
    OnnxJavaType type =
        switch (format) {
          case F16 -> OnnxJavaType.FLOAT16;
          case INT8 -> OnnxJavaType.INT8;
          default -> OnnxJavaType.FLOAT;
        };
    OnnxTensor k = tensor(keys.data(), type, cacheShape);
    OnnxTensor v = tensor(values.data(), type, cacheShape);
    inputs.put("pastK", k);
    inputs.put("pastV", v);
    outputs.put("presentK", k);
    outputs.put("presentV", v);
    outputs.put("o", activations(output, queryLength));
  }

  private MemorySegment integer(int value) {
    return arena.allocateFrom(JAVA_INT, value);
  }

  /** The key or value that a step appends: what already lies there. */
  private MemorySegment lastToken(KvTensor cache) {
    float[] elements = new float[shape.kvHeads() * shape.headDim()];
    for (int head = 0; head < shape.kvHeads(); head++) {
      float[] row = cache.row(head, cache.tokens() - 1);
      System.arraycopy(row, 0, elements, head * shape.headDim(), row.length);
    }
    MemorySegment segment =
        OffHeap.allocate(arena, (long) elements.length * (halves ? Short.BYTES : Float.BYTES));
    write(elements, segment);
    return segment;
  }

  private OnnxTensor activations(MemorySegment data, int length) throws OrtException {
    return tensor(data, halves ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT, 1, 1, length);
  }

  private static OnnxTensor tensor(MemorySegment data, OnnxJavaType type, long... shape)
      throws OrtException {
    ByteBuffer buffer = data.asByteBuffer().order(ByteOrder.nativeOrder());
    return OnnxTensor.createTensor(OnnxRuntime.environment(), buffer, shape, type);
  }

  private void write(float[] source, MemorySegment target) {
    for (int i = 0; i < source.length; i++) {
      if (halves) {
        target.setAtIndex(JAVA_SHORT, i, Float.floatToFloat16(source[i]));
      } else {
        target.setAtIndex(JAVA_FLOAT, i, source[i]);
      }
    }
  }

  @Override
  public void query(float[] source) {
    write(source, query);
  }

  @Override
  public void attend() {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      assert result.size() == outputs.size();
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
  }

  @Override
  public void output(float[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] =
          halves
              ? Float.float16ToFloat(output.getAtIndex(JAVA_SHORT, i))
              : output.getAtIndex(JAVA_FLOAT, i);
    }
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
    try {
      session.close();
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
    inputs.values().forEach(OnnxTensor::close);
    outputs.get("o").close();
    arena.close();
  }
}
