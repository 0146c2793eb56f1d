package dev.membound.model.llm;

import dev.membound.model.catalogue.CatalogueException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the {@code config.json} that lies beside the weights of a model on Hugging Face. Which keys
 * a family has, and what they mean, is written in {@code configuration_*.py} of
 * github.com/huggingface/transformers. What decides the shape must be there, even where that code
 * has a default, but for the keys that the published configurations of a family leave to it; a
 * switch that changes the shape in a way that is not modelled is refused.
 */
final class HuggingFaceConfig {
  private static final int MOST_PARTS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 18;
  private static final int MOST_TOKENS = 1 << 27;

  private enum Family {
    LLAMA,
    MISTRAL,
    MIXTRAL,
    QWEN2,
    QWEN2_MOE,
    QWEN3,
    QWEN3_MOE,
    QWEN3_NEXT,
    GEMMA,
    GEMMA2,
    GEMMA3_TEXT,
    DEEPSEEK_V2,
    DEEPSEEK_V3,
    DEEPSEEK_V32,
    KIMI_K2,
    GLM_MOE_DSA,
    GPT_OSS,
    OPT
  }

  /** What the published files of Gemma 3 leave to {@code configuration_gemma3.py}. */
  private static final Map<String, Integer> GEMMA3_DEFAULTS =
      Map.of(
          "num_attention_heads", 8,
          "num_key_value_heads", 4,
          "vocab_size", 262_208,
          "max_position_embeddings", 131_072);

  /** Head sizes that the code of a family takes where {@code head_dim} is left out. */
  private static final Map<Family, Integer> HEAD_DIM_DEFAULTS =
      Map.of(
          Family.GEMMA, 256,
          Family.GEMMA2, 256,
          Family.GEMMA3_TEXT, 256,
          Family.QWEN3, 128,
          Family.QWEN3_NEXT, 256,
          Family.GPT_OSS, 64);

  private static final Set<Family> GEMMAS =
      EnumSet.of(Family.GEMMA, Family.GEMMA2, Family.GEMMA3_TEXT);

  private final ConfigKeys keys;
  private final Family family;
  private final int hidden;
  private final int layers;

  private HuggingFaceConfig(ConfigKeys keys) {
    this.keys = keys;
    family = family(keys);
    hidden = width("hidden_size");
    layers = parts("num_hidden_layers");
  }

  /**
   * The model of a configuration.
   *
   * @param file for messages
   * @param name that the model gets
   * @throws CatalogueException one line that names file and key
   */
  static LlmArchitecture parse(String file, String name, String json) {
    ConfigKeys root = ConfigKeys.parse(file, json);
    // Models that also see images keep their language model in a part of its own.
    ConfigKeys keys = root.has("text_config") ? root.object("text_config") : root;
    try {
      return new HuggingFaceConfig(keys).architecture(name, file);
    } catch (IllegalArgumentException e) {
      throw root.error(e.getMessage());
    }
  }

  private static Family family(ConfigKeys keys) {
    String type = keys.text("model_type");
    List<String> known = new ArrayList<>();
    for (Family family : Family.values()) {
      String key = family.name().toLowerCase(Locale.ROOT);
      if (key.equals(type)) {
        return family;
      }
      known.add(key);
    }
    throw keys.error(
        "model_type", "'" + type + "' is not known; known are " + String.join(", ", known));
  }

  private LlmArchitecture architecture(String name, String file) {
    int positions = tokens("max_position_embeddings");
    return new LlmArchitecture(
        name,
        name,
        "configuration file " + file,
        hidden,
        groups(),
        tokens("vocab_size"),
        keys.flag("tie_word_embeddings", GEMMAS.contains(family) || family == Family.OPT),
        // Two rows of OPT's table stand for padding.
        family == Family.OPT ? positions + 2 : 0,
        family == Family.OPT ? Norm.LAYER : Norm.RMS,
        family == Family.GEMMA2 || family == Family.GEMMA3_TEXT,
        positions);
  }

  private List<LayerGroup> groups() {
    record Layer(Attention attention, FeedForward feedForward) {}
    Map<Layer, Integer> counts = new LinkedHashMap<>();
    List<String> kinds = layerKinds();
    for (int i = 0; i < layers; i++) {
      counts.merge(new Layer(attention(kinds.get(i)), feedForward(i)), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(e -> new LayerGroup(e.getValue(), e.getKey().attention(), e.getKey().feedForward()))
        .toList();
  }

  // Attention.

  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";
  private static final String LINEAR = "linear_attention";

  private List<String> layerKinds() {
    Optional<List<String>> listed = keys.texts("layer_types");
    if (listed.isPresent()) {
      for (String kind : listed.get()) {
        if (!Set.of(FULL, SLIDING, LINEAR).contains(kind)) {
          throw keys.error("layer_types", "'" + kind + "' is not known");
        }
      }
      if (listed.get().size() != layers) {
        throw keys.error(
            "layer_types", "names " + listed.get().size() + " layers, the model has " + layers);
      }
      return listed.get();
    }
    List<String> kinds = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      kinds.add(layerKind(i));
    }
    return kinds;
  }

  private String layerKind(int layer) {
    return switch (family) {
      case MISTRAL, MIXTRAL -> keys.has("sliding_window") ? SLIDING : FULL;
      case QWEN2, QWEN2_MOE, QWEN3, QWEN3_MOE ->
          keys.flag("use_sliding_window", false) && layer >= parts("max_window_layers")
              ? SLIDING
              : FULL;
      case QWEN3_NEXT -> every("full_attention_interval", 4, layer) ? FULL : LINEAR;
      case GEMMA2, GPT_OSS -> layer % 2 == 0 ? SLIDING : FULL;
      case GEMMA3_TEXT -> every("sliding_window_pattern", 6, layer) ? FULL : SLIDING;
      default -> FULL;
    };
  }

  private boolean every(String key, int otherwise, int layer) {
    return (layer + 1) % keys.number(key, 1, MOST_PARTS, otherwise) == 0;
  }

  private Attention attention(String kind) {
    if (kind.equals(LINEAR)) {
      return new LinearAttention(
          LinearAttention.Recurrence.GATED_DELTA_NET,
          parts("linear_num_key_heads"),
          parts("linear_key_head_dim"),
          parts("linear_num_value_heads"),
          parts("linear_value_head_dim"),
          parts("linear_conv_kernel_dim"));
    }
    return switch (family) {
      case DEEPSEEK_V2, DEEPSEEK_V3, DEEPSEEK_V32, KIMI_K2, GLM_MOE_DSA -> latent();
      default -> grouped(kind);
    };
  }

  private Attention grouped(String kind) {
    int heads = parts("num_attention_heads");
    int kvHeads = family == Family.OPT ? heads : parts("num_key_value_heads");
    int headDim = headDim(heads);
    if (heads % kvHeads != 0) {
      throw keys.error(
          "num_key_value_heads",
          "must divide num_attention_heads, got " + heads + " and " + kvHeads);
    }
    long window = kind.equals(SLIDING) ? tokens("sliding_window") : Attention.EVERYTHING;
    return new GroupedQueryAttention(heads, kvHeads, headDim, window, attentionTraits());
  }

  private int headDim(int heads) {
    if (keys.has("head_dim")) {
      return parts("head_dim");
    }
    if (HEAD_DIM_DEFAULTS.containsKey(family)) {
      return HEAD_DIM_DEFAULTS.get(family);
    }
    if (hidden % heads != 0) {
      throw keys.error(
          "head_dim", "missing, and hidden_size / num_attention_heads is no whole number");
    }
    return hidden / heads;
  }

  private Set<GroupedQueryAttention.Trait> attentionTraits() {
    Set<GroupedQueryAttention.Trait> traits = EnumSet.noneOf(GroupedQueryAttention.Trait.class);
    boolean qwen2 = family == Family.QWEN2 || family == Family.QWEN2_MOE;
    boolean biased = family == Family.GPT_OSS || family == Family.OPT;
    if (keys.flag("attention_bias", biased)) {
      traits.add(GroupedQueryAttention.Trait.QKV_BIAS);
      traits.add(GroupedQueryAttention.Trait.OUTPUT_BIAS);
    }
    if (qwen2) {
      traits.add(GroupedQueryAttention.Trait.QKV_BIAS);
    }
    switch (family) {
      case QWEN3, QWEN3_MOE, GEMMA3_TEXT -> traits.add(GroupedQueryAttention.Trait.QK_NORM);
      case QWEN3_NEXT -> {
        traits.add(GroupedQueryAttention.Trait.QK_NORM);
        traits.add(GroupedQueryAttention.Trait.OUTPUT_GATE);
      }
      case GPT_OSS -> traits.add(GroupedQueryAttention.Trait.SINKS);
      default -> {}
    }
    return traits;
  }

  private Attention latent() {
    Optional<LightningIndexer> indexer = Optional.empty();
    if (family == Family.DEEPSEEK_V32 || family == Family.GLM_MOE_DSA || keys.has("index_topk")) {
      indexer =
          Optional.of(
              new LightningIndexer(
                  parts("index_n_heads"), parts("index_head_dim"), tokens("index_topk")));
    }
    return new LatentAttention(
        parts("num_attention_heads"),
        keys.number("q_lora_rank", 1, MOST_WIDTH, 0),
        width("kv_lora_rank"),
        parts("qk_nope_head_dim"),
        parts("qk_rope_head_dim"),
        parts("v_head_dim"),
        indexer);
  }

  // Feed-forward.

  private FeedForward feedForward(int layer) {
    return switch (family) {
      case LLAMA, MISTRAL, QWEN2, QWEN3, GEMMA, GEMMA2, GEMMA3_TEXT -> dense();
      case OPT -> {
        if (keys.has("word_embed_proj_dim") && width("word_embed_proj_dim") != hidden) {
          throw keys.error("word_embed_proj_dim", "must be hidden_size: others are not modelled");
        }
        yield new DenseFeedForward(width("ffn_dim"), false, keys.flag("enable_bias", true));
      }
      case MIXTRAL -> experts("num_local_experts", "intermediate_size", 0, false, Set.of());
      case GPT_OSS ->
          experts(
              "num_local_experts",
              "intermediate_size",
              0,
              true,
              Set.of(MixtureOfExperts.Trait.ROUTER_BIAS));
      case QWEN2_MOE, QWEN3_MOE, QWEN3_NEXT -> qwenExperts(layer);
      case DEEPSEEK_V2, DEEPSEEK_V3, DEEPSEEK_V32, KIMI_K2, GLM_MOE_DSA -> latentExperts(layer);
    };
  }

  private DenseFeedForward dense() {
    return new DenseFeedForward(width("intermediate_size"), true, keys.flag("mlp_bias", false));
  }

  private FeedForward qwenExperts(int layer) {
    if (!keys.isEmptyList("mlp_only_layers")) {
      throw keys.error("mlp_only_layers", "must be empty: others are not modelled");
    }
    if (!every("decoder_sparse_step", 1, layer)) {
      return dense();
    }
    if (family == Family.QWEN3_MOE) {
      return experts("num_experts", "moe_intermediate_size", 0, false, Set.of());
    }
    int shared = width("shared_expert_intermediate_size");
    int one = width("moe_intermediate_size");
    if (shared % one != 0) {
      throw keys.error(
          "shared_expert_intermediate_size", "must be a multiple of moe_intermediate_size");
    }
    return experts(
        "num_experts",
        "moe_intermediate_size",
        shared / one,
        false,
        Set.of(MixtureOfExperts.Trait.SHARED_GATE));
  }

  private FeedForward latentExperts(int layer) {
    if (layer < keys.number("first_k_dense_replace", 0, MOST_PARTS)) {
      return dense();
    }
    if (keys.number("moe_layer_freq", 1, MOST_PARTS, 1) != 1) {
      throw keys.error("moe_layer_freq", "must be 1: others are not modelled");
    }
    return experts(
        "n_routed_experts",
        "moe_intermediate_size",
        keys.number("n_shared_experts", 0, MOST_PARTS),
        false,
        family == Family.DEEPSEEK_V2 ? Set.of() : Set.of(MixtureOfExperts.Trait.ROUTER_BIAS));
  }

  private FeedForward experts(
      String countKey,
      String widthKey,
      int shared,
      boolean biases,
      Set<MixtureOfExperts.Trait> traits) {
    int experts = parts(countKey);
    return new MixtureOfExperts(
        experts,
        keys.number("num_experts_per_tok", 1, experts),
        shared,
        new DenseFeedForward(width(widthKey), true, biases),
        traits);
  }

  private int parts(String key) {
    return number(key, MOST_PARTS);
  }

  private int width(String key) {
    return number(key, MOST_WIDTH);
  }

  private int tokens(String key) {
    return number(key, MOST_TOKENS);
  }

  private int number(String key, int most) {
    return family == Family.GEMMA3_TEXT && GEMMA3_DEFAULTS.containsKey(key)
        ? keys.number(key, 1, most, GEMMA3_DEFAULTS.get(key))
        : keys.number(key, 1, most);
  }
}
