package dev.membound.model.llm;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A decoder-only language model.
 *
 * @param name catalogue name
 * @param title for people
 * @param source where the shape was read
 * @param hidden model width
 * @param groups equal layers together, in the order in which each kind first appears
 * @param vocabulary tokens
 * @param tiedEmbeddings whether the LM head is the embedding table
 * @param learnedPositions rows of a learned position table, 0 where positions are rotary
 * @param norm of every residual branch and of the last layer's output
 * @param postNorms whether the result of a branch is normalised too, before it is added
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
    Norm norm,
    boolean postNorms,
    int maxContextTokens) {

  public LlmArchitecture {
    groups = List.copyOf(groups);
  }

  /** Layers of all groups. */
  public int layers() {
    return groups.stream().mapToInt(LayerGroup::count).sum();
  }

  /** Most query heads of any layer, which bounds tensor parallelism. */
  public int queryHeads() {
    return groups.stream().mapToInt(group -> group.attention().queryHeads()).max().orElse(1);
  }

  /** Norms of one layer of a group. */
  public int norms(LayerGroup group) {
    return (postNorms ? 2 : 1) * group.branches();
  }

  /** Elements of one norm. */
  public long normElements() {
    return (long) norm.vectors() * hidden;
  }

  /** Elements of the embedding table. */
  public long embeddingElements() {
    return (long) vocabulary * hidden;
  }

  /** Elements of embedding, LM head and learned positions. */
  private long tableElements() {
    return (tiedEmbeddings ? 1L : 2L) * embeddingElements() + (long) learnedPositions * hidden;
  }

  /** Elements that live in matrices of all layers, the embedding and the LM head. */
  public long matrixElements() {
    return tableElements()
        + sum(
            group ->
                group.attention().matrixElements(hidden)
                    + group.feedForward().matrixElements(hidden));
  }

  /** Elements of norms, biases and convolutions. */
  public long vectorElements() {
    return normElements()
        + sum(
            group ->
                norms(group) * normElements()
                    + group.attention().vectorElements(hidden)
                    + group.feedForward().vectorElements(hidden));
  }

  /** Parameters of the whole model. */
  public long parameters() {
    return matrixElements() + vectorElements();
  }

  /** Parameters without the experts that a token does not pass; embeddings count. */
  public long activeParameters() {
    return parameters() - sum(group -> group.feedForward().idleMatrixElements(hidden));
  }

  /**
   * Elements that one token adds to the KV cache of all layers that keep the whole context. Windows
   * that are full and recurrent states do not grow.
   */
  public long kvElementsPerToken() {
    return sum(
        group ->
            group.attention().cachedTokens() == Attention.EVERYTHING
                ? group.attention().kvElementsPerToken()
                : 0);
  }

  /** Elements of the recurrent states of one sequence. */
  public long stateElements() {
    return sum(group -> group.attention().stateElements());
  }

  private long sum(ToLongFunction<LayerGroup> part) {
    return groups.stream().mapToLong(group -> group.count() * part.applyAsLong(group)).sum();
  }

  /** The same model with {@code factor} times the layers. */
  public LlmArchitecture withLayersTimes(int factor) {
    List<LayerGroup> more =
        groups.stream()
            .map(
                group ->
                    new LayerGroup(
                        Math.multiplyExact(group.count(), factor),
                        group.attention(),
                        group.feedForward()))
            .toList();
    return new LlmArchitecture(
        name,
        title,
        source,
        hidden,
        more,
        vocabulary,
        tiedEmbeddings,
        learnedPositions,
        norm,
        postNorms,
        maxContextTokens);
  }
}
