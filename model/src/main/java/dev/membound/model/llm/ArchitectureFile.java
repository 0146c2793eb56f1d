package dev.membound.model.llm;

import dev.membound.model.catalogue.Section;
import java.util.Optional;
import java.util.Set;

/** Reads the YAML of {@code presets/FORMAT.md}. */
final class ArchitectureFile {
  // Far beyond any model, and small enough that element counts fit 64 bits.
  private static final int MOST_PARTS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 18;
  private static final int MOST_TOKENS = 1 << 27;

  private enum AttentionKind {
    GQA,
    MLA,
    GATED_DELTA_NET,
    KIMI_DELTA,
    MAMBA2,
    NONE
  }

  private enum FeedForwardKind {
    GATED,
    PLAIN,
    EXPERTS,
    NONE
  }

  private ArchitectureFile() {}

  static LlmArchitecture read(Section file) {
    return new LlmArchitecture(
        file.text("name"),
        file.text("title"),
        file.text("source"),
        file.count("hidden", MOST_WIDTH),
        file.sections("layers").stream().map(ArchitectureFile::group).toList(),
        file.count("vocabulary", MOST_TOKENS),
        file.flag("tied_embeddings"),
        file.has("learned_positions") ? file.count("learned_positions", MOST_TOKENS) : 0,
        file.choice("norm", Norm.class),
        file.has("post_norms") && file.flag("post_norms"),
        file.count("max_context_tokens", MOST_TOKENS));
  }

  private static LayerGroup group(Section group) {
    int count = group.count("count", MOST_PARTS);
    Section attention = group.section("attention");
    Section feedForward = group.section("feed_forward");
    LayerGroup layers = new LayerGroup(count, attention(attention), feedForward(feedForward));
    if (layers.branches() == 0) {
      throw feedForward.error("kind", "a layer needs attention or a feed-forward part");
    }
    attention.finish();
    feedForward.finish();
    group.finish();
    return layers;
  }

  private static Attention attention(Section section) {
    return switch (section.choice("kind", AttentionKind.class)) {
      case GQA -> grouped(section);
      case MLA -> latent(section);
      case GATED_DELTA_NET -> linear(section, LinearAttention.Recurrence.GATED_DELTA_NET);
      case KIMI_DELTA -> linear(section, LinearAttention.Recurrence.KIMI_DELTA);
      case MAMBA2 -> linear(section, LinearAttention.Recurrence.MAMBA2);
      case NONE -> new NoAttention();
    };
  }

  private static Attention grouped(Section section) {
    int queryHeads = section.count("query_heads", MOST_PARTS);
    int kvHeads = divisor(section, "kv_heads", "query_heads", queryHeads);
    return new GroupedQueryAttention(
        queryHeads,
        kvHeads,
        section.count("head_dim", MOST_PARTS),
        section.has("window_tokens")
            ? section.count("window_tokens", MOST_TOKENS)
            : Attention.EVERYTHING,
        traits(section, GroupedQueryAttention.Trait.class));
  }

  private static Attention latent(Section section) {
    Optional<LightningIndexer> indexer = Optional.empty();
    if (section.has("indexer")) {
      Section child = section.section("indexer");
      indexer =
          Optional.of(
              new LightningIndexer(
                  child.count("heads", MOST_PARTS),
                  child.count("head_dim", MOST_PARTS),
                  child.count("top_k", MOST_TOKENS)));
      child.finish();
    }
    return new LatentAttention(
        section.count("query_heads", MOST_PARTS),
        section.has("query_rank") ? section.count("query_rank", MOST_WIDTH) : 0,
        section.count("kv_rank", MOST_WIDTH),
        section.count("nope_dim", MOST_PARTS),
        section.count("rope_dim", MOST_PARTS),
        section.count("value_dim", MOST_PARTS),
        indexer);
  }

  private static Attention linear(Section section, LinearAttention.Recurrence recurrence) {
    int valueHeads = section.count("value_heads", MOST_PARTS);
    return new LinearAttention(
        recurrence,
        divisor(section, "key_heads", "value_heads", valueHeads),
        section.count("key_dim", MOST_PARTS),
        valueHeads,
        section.count("value_dim", MOST_PARTS),
        section.count("convolution_width", MOST_PARTS));
  }

  private static FeedForward feedForward(Section section) {
    return switch (section.choice("kind", FeedForwardKind.class)) {
      case GATED -> dense(section, true);
      case PLAIN -> dense(section, false);
      case EXPERTS -> experts(section);
      case NONE -> new NoFeedForward();
    };
  }

  private static DenseFeedForward dense(Section section, boolean gated) {
    return new DenseFeedForward(
        section.count("inner_size", MOST_WIDTH),
        gated,
        section.has("biases") && section.flag("biases"));
  }

  private static FeedForward experts(Section section) {
    int experts = section.count("experts", MOST_PARTS);
    return new MixtureOfExperts(
        experts,
        section.count("active", experts),
        section.has("shared") ? section.count("shared", MOST_PARTS) : 0,
        dense(section, true),
        traits(section, MixtureOfExperts.Trait.class));
  }

  private static int divisor(Section section, String key, String of, int dividend) {
    int divisor = section.count(key, MOST_PARTS);
    if (dividend % divisor != 0) {
      throw section.error(key, "must divide " + of + ": " + dividend + " / " + divisor);
    }
    return divisor;
  }

  private static <E extends Enum<E>> Set<E> traits(Section section, Class<E> type) {
    return section.has("traits") ? Set.copyOf(section.choices("traits", type)) : Set.of();
  }
}
