package dev.membound.peers;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The libraries that we measure ourselves against, with what each can run. */
public enum Peer {
  ONNX_RUNTIME(
      "ONNX Runtime",
      OnnxRuntimeGemv.BITS_PER_WEIGHT,
      OnnxRuntimeGemv::new,
      OnnxRuntimeAttention.FORMATS.keySet(),
      OnnxRuntimeAttention::new),
  GGML(
      "ggml",
      GgmlGemv.BITS_PER_WEIGHT,
      GgmlGemv::new,
      GgmlAttention.FORMATS.keySet(),
      GgmlAttention::new),
  JLAMA_NATIVE(
      "Jlama native", JlamaGemv.BITS_PER_WEIGHT, JlamaGemv::inC, Set.of(), Peer::noAttention),
  JLAMA_PANAMA(
      "Jlama Panama", JlamaGemv.BITS_PER_WEIGHT, JlamaGemv::inJava, Set.of(), Peer::noAttention),
  OPENBLAS(
      "OpenBLAS", OpenBlasGemv.BITS_PER_WEIGHT, OpenBlasGemv::new, Set.of(), Peer::noAttention);

  @FunctionalInterface
  private interface GemvFactory {
    PeerGemv open(WeightMatrix weights, int threads);
  }

  @FunctionalInterface
  private interface AttentionFactory {
    PeerAttention open(AttentionShape shape, KvFormat format, int tokens, long seed, int threads);
  }

  private static final int PROBE_ROWS = 64;
  private static final int PROBE_COLS = 256;

  private final String label;
  private final Map<QuantType, Double> bitsPerWeight;
  private final GemvFactory gemv;
  private final Set<KvFormat> kvFormats;
  private final AttentionFactory attention;

  Peer(
      String label,
      Map<QuantType, Double> bitsPerWeight,
      GemvFactory gemv,
      Set<KvFormat> kvFormats,
      AttentionFactory attention) {
    this.label = label;
    this.bitsPerWeight = bitsPerWeight;
    this.gemv = gemv;
    this.kvFormats = kvFormats;
    this.attention = attention;
  }

  /** Its name, for people. */
  public String label() {
    return label;
  }

  /** Bits that it stores a weight in, scales included; empty where it lacks the format. */
  public OptionalDouble bitsPerWeight(QuantType type) {
    Double bits = bitsPerWeight.get(type);
    return bits == null ? OptionalDouble.empty() : OptionalDouble.of(bits);
  }

  /** Whether it attends to a cache of this format. */
  public boolean attends(KvFormat format) {
    return kvFormats.contains(format);
  }

  /**
   * Hands it a matrix.
   *
   * @param weights in the FILE layout; must outlive the result
   * @throws PeerUnavailableException if it does not run here
   */
  public PeerGemv gemv(WeightMatrix weights, int threads) {
    return gemv.open(weights, threads);
  }

  /**
   * Fills a cache for it.
   *
   * @param seed of the random keys and values
   * @throws PeerUnavailableException if it does not run here
   */
  public PeerAttention attention(
      AttentionShape shape, KvFormat format, int tokens, long seed, int threads) {
    return attention.open(shape, format, tokens, seed, threads);
  }

  /**
   * Loads it and checks a small product.
   *
   * @throws PeerUnavailableException if it does not run here; the message is one line
   */
  public void requireAvailable() {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix weights = WeightMatrix.random(QuantType.F32, PROBE_ROWS, PROBE_COLS, 1, arena);
      float[] x = new float[PROBE_COLS];
      Arrays.fill(x, 1);
      try (PeerGemv peer = gemv(weights, 1)) {
        PeerCheck.requireRight(peer, weights, x, PROBE_ROWS);
      }
    } catch (LinkageError e) {
      throw new PeerUnavailableException(label + ": does not load here: " + e.getMessage(), e);
    } catch (IllegalStateException e) { // it fails, or computes something else
      throw new PeerUnavailableException(label + ": does not work here: " + e.getMessage(), e);
    }
  }

  private static PeerAttention noAttention(
      AttentionShape shape, KvFormat format, int tokens, long seed, int threads) {
    throw new IllegalArgumentException("this peer has no attention over a cache");
  }
}
