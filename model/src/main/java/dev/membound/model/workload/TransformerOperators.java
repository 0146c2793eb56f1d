package dev.membound.model.workload;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.DenseFeedForward;
import dev.membound.model.llm.FeedForward;
import dev.membound.model.llm.GroupedQueryAttention;
import dev.membound.model.llm.LatentAttention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LightningIndexer;
import dev.membound.model.llm.LinearAttention;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.llm.NoAttention;
import dev.membound.model.llm.NoFeedForward;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators of a decoder-only transformer, one device's share of each. Tensor parallelism
 * slices every matrix and the KV heads, and adds an all-reduce a residual branch (Shoeybi et al.,
 * Megatron-LM, arXiv 1909.08053); norms, routers and the compressing matrices of latent attention
 * are computed by every device. Context parallelism divides the tokens of a prompt, of which every
 * device gets all keys and values, and the cache of a decode step, whose partial results all get
 * (Yang et al., arXiv 2411.01783). A pipeline hands the residual stream from stage to stage. Equal
 * operators of different layers are merged.
 */
final class TransformerOperators {
  /** Tokens of a KV block that lie together: the block size of PagedAttention, arXiv 2309.06180. */
  static final int KV_BLOCK_TOKENS = 16;

  /** Tokens of a prompt that linear attention handles as a matrix product, as fla-org does. */
  private static final int RECURRENCE_CHUNK_TOKENS = 64;

  private final LlmArchitecture model;
  private final int hidden;
  private final Phase phase;
  private final Formats formats;
  private final KvSelection selection;
  private final Fusion fusion;
  private final Sharding sharding;
  private final int devices;
  private final List<OperatorShape> shapes = new ArrayList<>();

  TransformerOperators(
      LlmArchitecture model,
      Phase phase,
      Formats formats,
      KvSelection selection,
      Fusion fusion,
      Sharding sharding) {
    this.model = model;
    hidden = model.hidden();
    this.phase = phase;
    this.formats = formats;
    this.selection = selection;
    this.fusion = fusion;
    this.sharding = sharding;
    devices = sharding.tensorParallel();
  }

  List<OperatorShape> shapes() {
    embedding();
    for (LayerGroup group : model.groups()) {
      layer(group);
    }
    norm("final-norm", 1);
    // Only the last token of a prompt needs logits; a draft is verified at each of its tokens.
    sliced(
        phase == Phase.PREFILL ? Vectors.LAST_TOKENS : Vectors.NEW_TOKENS,
        "lm-head",
        1,
        model.embeddingElements(),
        0,
        hidden,
        Math.ceilDiv(model.vocabulary(), devices));
    handOn();
    return List.copyOf(shapes);
  }

  private void embedding() {
    long tables = model.learnedPositions() > 0 ? 2 : 1;
    MatrixDemand rows =
        new MatrixDemand(
            Vectors.NEW_TOKENS,
            0,
            tables * formats.weights().bytes(hidden),
            0,
            activationBytes(hidden),
            hidden,
            false);
    add("embedding", Kernel.EMBEDDING, Operator.Home.WEIGHTS, 1, Operator.STREAM, rows);
  }

  /** The residual stream to every next stage, and the token back to the first. */
  private void handOn() {
    int stages = sharding.pipelineParallel();
    if (stages > model.layers()) {
      throw new IllegalArgumentException(
          stages + " pipeline stages are more than the layers of " + model.name());
    }
    if (stages > 1) {
      long message = Math.ceilDiv(activationBytes(hidden), devices);
      collective(
          "stage-hand-over", Kernel.POINT_TO_POINT, stages, 2, CollectiveDemand.message(message));
    }
  }

  private void layer(LayerGroup group) {
    int n = group.count();
    Attention attention = group.attention();
    if (attention.queryHeads() % devices != 0) {
      throw new IllegalArgumentException(
          "tensor parallelism over "
              + devices
              + " devices does not divide the "
              + attention.queryHeads()
              + " query heads of "
              + model.name());
    }
    if (!(attention instanceof NoAttention)) {
      norm("attention-norm", n);
      switch (attention) {
        case GroupedQueryAttention grouped -> grouped(grouped, n);
        case LatentAttention latent -> latent(latent, n);
        case LinearAttention linear -> linear(linear, n);
        case NoAttention none -> throw new AssertionError(none);
      }
      endBranch("attention", n);
    }
    FeedForward feedForward = group.feedForward();
    if (!(feedForward instanceof NoFeedForward)) {
      norm("feed-forward-norm", n);
      switch (feedForward) {
        case DenseFeedForward dense -> dense("feed-forward", dense, n);
        case MixtureOfExperts experts -> experts(experts, n);
        case NoFeedForward none -> throw new AssertionError(none);
      }
      endBranch("feed-forward", n);
    }
  }

  private void endBranch(String branch, int n) {
    if (devices > 1) {
      Demand message = CollectiveDemand.allReduce(devices, activationBytes(hidden));
      collective(branch + "-all-reduce", Kernel.ALL_REDUCE, n, devices, message);
    }
    if (model.postNorms()) {
      norm(branch + "-post-norm", n);
    }
  }

  private void grouped(GroupedQueryAttention attention, int n) {
    long kv = attention.kvElementsPerToken();
    long queries = attention.queryProjectionElements();
    int sharers = sharding.kvSharers(attention);
    long bias = attention.vectorElements(hidden);
    boolean outputBias = attention.traits().contains(GroupedQueryAttention.Trait.OUTPUT_BIAS);
    whole(
        "qkv",
        n,
        Math.ceilDiv(hidden * queries, devices) + Math.ceilDiv(hidden * kv, sharers),
        Math.ceilDiv(bias - (outputBias ? hidden : 0), devices),
        hidden,
        Math.ceilDiv(queries, devices) + Math.ceilDiv(kv, sharers));
    TokenSpan span = span(attention);
    long width = attention.outputElements();
    if (!span.latest()) {
      digestScan(attention, span, n);
    }
    String name = attention.sliding() ? "sliding-attention" : "attention";
    attention(name, attention, span, n, width, width);
    outputProjection(attention, outputBias ? hidden : 0, n);
  }

  /** Decode absorbs the matrices that expand the latent vectors; a prompt expands them. */
  private void latent(LatentAttention attention, int n) {
    long heads = attention.queryHeads();
    long entry = attention.kvElementsPerToken();
    whole(
        "latent-down",
        n,
        attention.downElements(hidden),
        (long) attention.queryRank() + attention.kvRank(),
        hidden,
        attention.queryRank() + entry);
    sliced(
        "query-up",
        n,
        attention.queryUpElements(hidden),
        0,
        attention.queryWidth(hidden),
        Math.ceilDiv(attention.queryElements(), devices));
    TokenSpan span = span(attention);
    attention.indexer().ifPresent(indexer -> indexer(attention, indexer, span, n));
    if (attention.indexer().isEmpty() && !span.latest()) {
      digestScan(attention, span, n);
    }
    if (phase == Phase.DECODE) {
      sliced(
          "key-absorb",
          n,
          attention.keyUpElements(),
          0,
          Math.ceilDiv(heads * attention.nopeDim(), devices),
          Math.ceilDiv(heads * attention.kvRank(), devices));
      attention("latent-attention", attention, span, n, heads * entry, heads * attention.kvRank());
      sliced(
          "value-absorb",
          n,
          attention.valueUpElements(),
          0,
          Math.ceilDiv(heads * attention.kvRank(), devices),
          Math.ceilDiv(attention.outputElements(), devices));
    } else {
      long expanded = heads * attention.nopeDim() + attention.outputElements();
      // The expanded keys and values are written once and read once.
      sliced(
          Vectors.CONTEXT_TOKENS,
          "latent-up",
          n,
          attention.keyUpElements() + attention.valueUpElements(),
          0,
          attention.kvRank(),
          2 * Math.ceilDiv(expanded, devices));
      attention(
          "latent-attention",
          attention,
          span,
          n,
          attention.queryElements(),
          attention.outputElements());
    }
    outputProjection(attention, 0, n);
  }

  private void indexer(LatentAttention attention, LightningIndexer indexer, TokenSpan span, int n) {
    long queryWidth = attention.queryWidth(hidden);
    long queries = (long) indexer.heads() * indexer.headDim();
    whole(
        "indexer",
        n,
        indexer.matrixElements(hidden, queryWidth),
        indexer.vectorElements(),
        queryWidth + hidden,
        queries + indexer.headDim() + indexer.heads());
    // Tensor parallelism slices no heads here: every device scores for all of the indexer's.
    int modules = sharding.kvModules();
    ScanDemand scan =
        new ScanDemand(
            span,
            Math.max(modules, cacheParts()),
            Math.max(modules, 1),
            Math.max(modules, sharding.contextParallel()),
            1,
            KvFootprint.indexEntryBytes(attention, formats.indexKeys()),
            formats.indexKeys().bytes(queries),
            indexer.flopsPerPair());
    add("index-scan", Kernel.TOPK, Operator.Home.KV, n, Operator.STREAM, scan);
  }

  private void digestScan(Attention attention, TokenSpan span, int n) {
    KvSelection.QuestTopK quest = (KvSelection.QuestTopK) selection;
    long queries = queryElements(attention);
    int modules = sharding.kvModules();
    int parts = cacheParts();
    // Devices that hold copies of a digest score it for the heads of their own.
    ScanDemand scan =
        new ScanDemand(
            span,
            modules > 0 ? modules : sharding.kvSharers(attention) * parts,
            modules > 0 ? modules : devices,
            modules > 0 ? modules : devices * parts,
            quest.pageTokens(),
            KvFootprint.digestBytes(attention, formats.kv()),
            activationBytes(queries),
            // Per page and dimension of a query: two products, a maximum, a sum.
            4 * queries);
    add("kv-selection", Kernel.TOPK, Operator.Home.KV, n, Operator.STREAM, scan);
  }

  private static long queryElements(Attention attention) {
    return attention instanceof LatentAttention latent
        ? latent.queryHeads() * latent.kvElementsPerToken()
        : attention.outputElements();
  }

  private void attention(
      String name,
      Attention attention,
      TokenSpan span,
      int n,
      long queryElements,
      long resultElements) {
    long heads = attention.queryHeads();
    int modules = sharding.kvModules();
    int parts = sharding.contextParallel();
    int sharers = sharding.kvSharers(attention);
    long entry = KvFootprint.entryBytes(attention, formats.kv());
    AttentionDemand demand =
        new AttentionDemand(
            span,
            modules > 0 ? modules : sharers * cacheParts(),
            modules > 0 ? modules : sharers * parts,
            modules > 0 ? modules : devices,
            modules > 0 ? modules : devices * parts,
            entry,
            entry + KvFootprint.indexEntryBytes(attention, formats.indexKeys()),
            activationBytes(queryElements),
            activationBytes(attention.kvElementsPerToken()),
            activationBytes(resultElements),
            4 * heads,
            2 * (queryElements + resultElements),
            heads,
            heads * activationBytes(1));
    long chunk = chunkBytes(attention, span);
    if (fusion == Fusion.EAGER && attention instanceof GroupedQueryAttention) {
      add(name + "-scores", Kernel.ATTENTION, Operator.Home.KV, n, chunk, demand.scores());
      add(
          name + "-softmax",
          Kernel.NORM,
          Operator.Home.ACTIVATIONS,
          n,
          Operator.STREAM,
          demand.softmax());
      add(name + "-values", Kernel.ATTENTION, Operator.Home.KV, n, chunk, demand.values());
    } else {
      add(name, Kernel.ATTENTION, Operator.Home.KV, n, chunk, demand);
    }
    if (parts > 1) {
      gatherParts(name, n, Math.ceilDiv(entry, sharers), resultElements, heads);
    }
  }

  /** Devices that divide what a device reads of the cache: a prompt's devices read all of it. */
  private int cacheParts() {
    return phase == Phase.DECODE ? sharding.contextParallel() : 1;
  }

  /**
   * What the parts of a context exchange: keys and values before a prompt's attention, partial
   * outputs with their log-sum-exps in F32 after that of a decode step.
   */
  private void gatherParts(String name, int n, long entryBytes, long resultElements, long heads) {
    int parts = sharding.contextParallel();
    long partial =
        activationBytes(Math.ceilDiv(resultElements, devices)) + 4 * Math.ceilDiv(heads, devices);
    Demand demand =
        phase == Phase.PREFILL
            ? CollectiveDemand.allGather(parts, Vectors.CONTEXT_TOKENS, entryBytes)
            : CollectiveDemand.allGather(parts, Vectors.NEW_TOKENS, parts * partial);
    collective(name + "-gather", Kernel.ALL_GATHER, n, parts, demand);
  }

  /** Bytes that lie together: a block of one KV head, of latent vectors, or one selected token. */
  private long chunkBytes(Attention attention, TokenSpan span) {
    if (attention instanceof LatentAttention latent) {
      long entry = KvFootprint.entryBytes(latent, formats.kv());
      boolean scattered = latent.indexer().isPresent() && !span.latest();
      return scattered ? entry : KV_BLOCK_TOKENS * entry;
    }
    long headDim = attention.outputElements() / attention.queryHeads();
    return KV_BLOCK_TOKENS * formats.kv().bytes(headDim);
  }

  private void linear(LinearAttention attention, int n) {
    sliced(
        "linear-input",
        n,
        attention.inputElements(hidden),
        0,
        hidden,
        Math.ceilDiv(attention.inputElements(hidden) / hidden, devices));
    long state = attention.matrixStateElements();
    long flops = attention.recurrence().flopsPerStateElement() * state;
    if (phase == Phase.PREFILL) {
      // Within a chunk, every token meets half of the others, by key and by value.
      flops +=
          (long) RECURRENCE_CHUNK_TOKENS
              * attention.valueHeads()
              * (attention.keyDim() + attention.valueDim());
    }
    RecurrenceDemand demand =
        new RecurrenceDemand(
            devices,
            formats.weights().vectorFormat().bytes(attention.vectorElements(hidden)),
            formats.state().bytes(attention.stateElements()),
            activationBytes(attention.convolutionChannels() + 2 * attention.outputElements()),
            flops);
    // States stay on the device, whatever modules hold the KV cache.
    add("linear-attention", Kernel.ATTENTION, Operator.Home.STATE, n, Operator.STREAM, demand);
    outputProjection(attention, 0, n);
  }

  private void outputProjection(Attention attention, long bias, int n) {
    long width = attention.outputElements();
    sliced("attention-output", n, width * hidden, bias, Math.ceilDiv(width, devices), hidden);
  }

  private void dense(String name, DenseFeedForward dense, int n) {
    long width = dense.expandWidth();
    sliced(
        name + "-expand",
        n,
        dense.expandElements(hidden),
        dense.biases() ? width : 0,
        hidden,
        Math.ceilDiv(width, devices));
    if (fusion == Fusion.EAGER) {
      activation(name + "-activation", dense, n);
    }
    sliced(
        name + "-contract",
        n,
        dense.contractElements(hidden),
        dense.biases() ? hidden : 0,
        Math.ceilDiv(dense.innerSize(), devices),
        hidden);
  }

  /** About 8 FLOP an element: a polynomial or an exponential, and the gate. */
  private void activation(String name, DenseFeedForward dense, int n) {
    long inner = Math.ceilDiv(dense.innerSize(), devices);
    MatrixDemand demand =
        new MatrixDemand(
            Vectors.NEW_TOKENS,
            0,
            0,
            activationBytes(Math.ceilDiv(dense.expandWidth(), devices)),
            activationBytes(inner),
            8 * inner,
            false);
    add(name, Kernel.NORM, Operator.Home.ACTIVATIONS, n, Operator.STREAM, demand);
  }

  private void experts(MixtureOfExperts mixture, int n) {
    if (sharding.expertParallel() > mixture.experts()) {
      throw new IllegalArgumentException(
          "expert parallelism over "
              + sharding.expertParallel()
              + " devices is more than the "
              + mixture.experts()
              + " experts of "
              + model.name());
    }
    boolean routerBias = mixture.traits().contains(MixtureOfExperts.Trait.ROUTER_BIAS);
    whole(
        "router",
        n,
        mixture.routerElements(hidden),
        routerBias ? mixture.experts() : 0,
        hidden,
        mixture.experts());
    allToAll("expert-dispatch", mixture, n);
    expert("experts-expand", mixture, true, n);
    expert("experts-contract", mixture, false, n);
    allToAll("expert-combine", mixture, n);
    if (mixture.shared() > 0) {
      DenseFeedForward one = mixture.expert();
      dense(
          "shared-expert",
          new DenseFeedForward(mixture.shared() * one.innerSize(), one.gated(), one.biases()),
          n);
    }
  }

  private void expert(String name, MixtureOfExperts mixture, boolean expanding, int n) {
    DenseFeedForward one = mixture.expert();
    boolean spread = sharding.expertParallel() > 1;
    int slices = spread ? 1 : devices;
    long elements =
        Math.ceilDiv(expanding ? one.expandElements(hidden) : one.contractElements(hidden), slices);
    long inner = Math.ceilDiv(expanding ? one.expandWidth() : (long) one.innerSize(), slices);
    long bias = one.biases() ? (expanding ? inner : hidden) : 0;
    ExpertDemand demand =
        new ExpertDemand(
            mixture,
            Math.ceilDiv(mixture.experts(), sharding.expertParallel()),
            spread ? tokenGroups() : 1,
            formats.weights().bytes(elements) + formats.weights().vectorFormat().bytes(bias),
            activationBytes(expanding ? hidden : inner),
            activationBytes(expanding ? inner : hidden),
            2 * elements);
    add(name, matrixKernel(), Operator.Home.WEIGHTS, n, Operator.STREAM, demand);
  }

  /** Groups of devices of a stage that have different tokens: replicas, and parts of a prompt. */
  private int tokenGroups() {
    return sharding.dataParallel() * (phase == Phase.PREFILL ? sharding.contextParallel() : 1);
  }

  /** Groups with tokens of their own send each to the devices that hold its experts. */
  private void allToAll(String name, MixtureOfExperts mixture, int n) {
    int participants = sharding.expertParallel();
    if (participants == 1 || tokenGroups() == 1) {
      return;
    }
    // The devices of a group hold the same tokens and send a slice each.
    int sharers = sharding.stageDevices() / tokenGroups();
    long message = mixture.active() * Math.ceilDiv(activationBytes(hidden), sharers);
    Demand demand = CollectiveDemand.allToAll(participants, message);
    collective(name, Kernel.ALL_TO_ALL, n, participants, demand);
  }

  private void norm(String name, int n) {
    // Square, sum, scale, gain: about 4 FLOP an element.
    MatrixDemand demand =
        new MatrixDemand(
            Vectors.NEW_TOKENS,
            formats.weights().vectorFormat().bytes(model.normElements()),
            0,
            activationBytes(hidden),
            activationBytes(hidden),
            4L * hidden,
            false);
    add(name, Kernel.NORM, Operator.Home.ACTIVATIONS, n, Operator.STREAM, demand);
  }

  private TokenSpan span(Attention attention) {
    return switch (attention) {
      case GroupedQueryAttention grouped when grouped.sliding() ->
          TokenSpan.window(grouped.windowTokens());
      case LatentAttention latent when latent.indexer().isPresent() ->
          TokenSpan.best(latent.indexer().get().topK());
      case GroupedQueryAttention _, LatentAttention _, LinearAttention _, NoAttention _ ->
          selection instanceof KvSelection.QuestTopK quest && KvFootprint.selectable(attention)
              ? TokenSpan.best(quest.budgetTokens())
              : TokenSpan.EVERYTHING;
    };
  }

  private Kernel matrixKernel() {
    return phase == Phase.DECODE ? Kernel.GEMV : Kernel.GEMM;
  }

  private long activationBytes(long elements) {
    return formats.activations().bytes(elements);
  }

  private void collective(String name, Kernel kernel, int n, int participants, Demand demand) {
    add(
        new OperatorShape(
            name,
            kernel,
            formats.weights(),
            formats.activations(),
            Operator.Home.ACTIVATIONS,
            n,
            Operator.STREAM,
            participants,
            demand));
  }

  private void add(
      String name, Kernel kernel, Operator.Home home, int n, long chunk, Demand demand) {
    DataFormat operand =
        switch (home) {
          case KV -> kernel == Kernel.TOPK ? indexFormat(demand) : formats.kv();
          case STATE -> formats.state();
          case WEIGHTS, ACTIVATIONS -> formats.weights();
        };
    add(new OperatorShape(name, kernel, operand, formats.activations(), home, n, chunk, 1, demand));
  }

  private DataFormat indexFormat(Demand demand) {
    boolean indexer = demand instanceof ScanDemand scan && scan.pageTokens() == 1;
    return indexer ? formats.indexKeys() : formats.kv();
  }

  /** Layers of different kinds still have equal operators: norms, projections, feed-forward. */
  private void add(OperatorShape shape) {
    for (int i = 0; i < shapes.size(); i++) {
      OperatorShape known = shapes.get(i);
      if (known.sameAs(shape)) {
        shapes.set(i, known.withRepeats(known.repeats() + shape.repeats()));
        return;
      }
    }
    shapes.add(shape);
  }

  /** A matrix that the devices slice; elements of the whole, widths of one device's share. */
  private void sliced(
      String name, int n, long elements, long vectorElements, long input, long output) {
    sliced(Vectors.NEW_TOKENS, name, n, elements, vectorElements, input, output);
  }

  private void sliced(
      Vectors vectors,
      String name,
      int n,
      long elements,
      long vectorElements,
      long input,
      long output) {
    long share = Math.ceilDiv(elements, devices);
    matrix(vectors, name, n, share, Math.ceilDiv(vectorElements, devices), input, output);
  }

  /** A matrix of which every device reads {@code elements}. */
  private void whole(
      String name, int n, long elements, long vectorElements, long input, long output) {
    matrix(Vectors.NEW_TOKENS, name, n, elements, vectorElements, input, output);
  }

  private void matrix(
      Vectors vectors,
      String name,
      int n,
      long elements,
      long vectorElements,
      long input,
      long output) {
    DataFormat weights = formats.weights();
    MatrixDemand demand =
        new MatrixDemand(
            vectors,
            weights.bytes(elements) + weights.vectorFormat().bytes(vectorElements),
            0,
            activationBytes(input),
            activationBytes(output),
            2 * elements,
            true);
    add(name, matrixKernel(), Operator.Home.WEIGHTS, n, Operator.STREAM, demand);
  }
}
