package dev.membound.model.llm;

import dev.membound.model.catalogue.Section;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder-only language model.
 *
 * @param name catalogue name
 * @param title for people
 * @param source where the shape was read
 * @param hidden model width
 * @param groups layers in order, equal ones together
 * @param vocabulary tokens
 * @param tiedEmbeddings whether the LM head is the embedding table
 * @param learnedPositions rows of a learned position table, 0 where positions are rotary
 * @param biases whether projections have biases and norms a shift (LayerNorm) besides the gain
 *     (RMSNorm)
 * @param maxContextTokens longest context that the model was made for
 */
public record LlmArchitecture(
    String name,
    String title,
    String source,
    int hidden,
    List<LayerGroup> groups,
    int vocabulary,
    boolean tiedEmbeddings,
    int learnedPositions,
    boolean biases,
    int maxContextTokens) {

  public LlmArchitecture {
    groups = List.copyOf(groups);
  }

  // Far beyond any model, and small enough that element counts fit 64 bits.
  private static final int MOST_PARTS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 20;
  private static final int MOST_TOKENS = 1 << 27;

  private enum AttentionKind {
    GQA
  }

  private enum FeedForwardKind {
    GATED,
    PLAIN
  }

  static LlmArchitecture read(Section file) {
    return new LlmArchitecture(
        file.text("name"),
        file.text("title"),
        file.text("source"),
        file.count("hidden", MOST_WIDTH),
        file.sections("layers").stream().map(LlmArchitecture::readGroup).toList(),
        file.count("vocabulary", MOST_TOKENS),
        file.flag("tied_embeddings"),
        file.has("learned_positions") ? file.count("learned_positions", MOST_TOKENS) : 0,
        file.flag("biases"),
        file.count("max_context_tokens", MOST_TOKENS));
  }

  private static LayerGroup readGroup(Section group) {
    int count = group.count("count", MOST_PARTS);
    Section attention = group.section("attention");
    attention.choice("kind", AttentionKind.class);
    int queryHeads = attention.count("query_heads", MOST_PARTS);
    int kvHeads = attention.count("kv_heads", MOST_PARTS);
    if (queryHeads % kvHeads != 0) {
      throw attention.error("kv_heads", "must divide query_heads: " + queryHeads + " / " + kvHeads);
    }
    Attention gqa =
        new GroupedQueryAttention(queryHeads, kvHeads, attention.count("head_dim", MOST_PARTS));
    attention.finish();
    Section feedForward = group.section("feed_forward");
    boolean gated = feedForward.choice("kind", FeedForwardKind.class) == FeedForwardKind.GATED;
    FeedForward dense = new DenseFeedForward(feedForward.count("inner_size", MOST_WIDTH), gated);
    feedForward.finish();
    group.finish();
    return new LayerGroup(count, gqa, dense);
  }

  /** Layers of all groups. */
  public int layers() {
    return groups.stream().mapToInt(LayerGroup::count).sum();
  }

  /** Elements of one norm: the gain, and the shift where the model has biases. */
  public long normElements() {
    return (biases ? 2L : 1L) * hidden;
  }

  /** Elements of the embedding table. */
  public long embeddingElements() {
    return (long) vocabulary * hidden;
  }

  /** Elements that live in matrices of all layers, the embedding and the LM head. */
  public long matrixElements() {
    long layers = 0;
    for (LayerGroup group : groups) {
      layers +=
          group.count()
              * (group.attention().projectionElements(hidden)
                  + group.feedForward().expandElements(hidden)
                  + group.feedForward().contractElements(hidden));
    }
    long tables = (tiedEmbeddings ? 1L : 2L) * embeddingElements();
    return layers + tables + (long) learnedPositions * hidden;
  }

  /** Elements of norms and biases. */
  public long vectorElements() {
    long layers = 0;
    for (LayerGroup group : groups) {
      long norms = 2 * normElements();
      long bias =
          biases
              ? group.attention().biasElements(hidden) + group.feedForward().biasElements(hidden)
              : 0;
      layers += group.count() * (norms + bias);
    }
    return layers + normElements();
  }

  /** Parameters of the whole model. */
  public long parameters() {
    return matrixElements() + vectorElements();
  }

  /** Elements that one token adds to the KV cache of all layers. */
  public long kvElementsPerToken() {
    return groups.stream()
        .mapToLong(group -> group.count() * group.attention().kvElementsPerToken())
        .sum();
  }

  /** The same model with {@code factor} times the layers. */
  public LlmArchitecture withLayersTimes(int factor) {
    List<LayerGroup> more = new ArrayList<>();
    for (LayerGroup group : groups) {
      more.add(
          new LayerGroup(
              Math.multiplyExact(group.count(), factor), group.attention(), group.feedForward()));
    }
    return new LlmArchitecture(
        name,
        title,
        source,
        hidden,
        more,
        vocabulary,
        tiedEmbeddings,
        learnedPositions,
        biases,
        maxContextTokens);
  }
}
